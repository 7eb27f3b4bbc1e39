// What holds many objects: all their shortest paths, merged. Paths go the same way if they
// lead through the same fields and types; a step that is taken several times in a row counts
// once. The search goes back from the objects to the roots, from spot to spot: a spot is an
// object, and a node in the tree of the steps that lead on from it.

const MOST_STEPS = 24;
const MOST_SPOTS = 1 << 20;

// Numbers for texts, the same for the same text.
function numbering() {
  const numbers = new Map();
  return (text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text);
  };
}

// Labels without positions, and types by name.
const starredLabels = (() => {
  let made;
  return () => {
    if (made) return made;
    const texts = heap.data.labels.map((label) => label.replace(/\[\d+\]/g, "[*]"));
    return (made = { texts, numbers: texts.map(numbering()) });
  };
})();
const typeNumbers = heap.data.types.map(numbering());

function waysTo(objects) {
  const labels = starredLabels();
  const nodes = [];
  const nodeNumbers = new Map();
  const spots = [];
  const spotNumbers = new Map();
  const typeOf = (object) => typeNumbers[heap.typeOf(object)];

  // The node whose step, by a field with this label to a type, leads to the node `parent`.
  function nodeOf(parent, label, to, type) {
    const key = `${parent} ${label} ${to} ${type}`;
    if (!nodeNumbers.has(key)) {
      const depth = parent === NONE ? 0 : nodes[parent].depth + 1;
      nodeNumbers.set(key, nodes.length);
      nodes.push({ parent, label, to, type, depth, isRepeated: false, text: NONE });
    }
    return nodeNumbers.get(key);
  }

  function spotOf(object, node) {
    const key = node * heap.count + object;
    if (!spotNumbers.has(key)) {
      spotNumbers.set(key, spots.length);
      spots.push({ object, node, onward: [] });
    }
    return spotNumbers.get(key);
  }

  // The node of an owner whose field with this label leads to an object at `node`.
  function stepBack(node, edge) {
    const { parent, label, to, type } = nodes[node];
    const name = labels.numbers[heap.labelNumber(edge)];
    const isSame = parent !== NONE && label === name && to === type;
    const before = isSame
      ? nodeOf(parent, label, to, typeOf(heap.owner(edge)))
      : nodeOf(node, name, type, typeOf(heap.owner(edge)));
    if (isSame) nodes[before].isRepeated = true;
    else nodes[before].text = heap.labelNumber(edge);
    if (nodes[before].text === NONE) nodes[before].text = nodes[node].text;
    return before;
  }

  const isBeginning = ({ object, node }) => heap.distance(object) === 0 || nodes[node].depth === MOST_STEPS;
  for (const object of objects) {
    if (heap.distance(object) !== NONE) spotOf(object, nodeOf(NONE, NONE, NONE, typeOf(object)));
  }
  for (let next = 0; next < spots.length && spots.length < MOST_SPOTS; next++) {
    if (isBeginning(spots[next])) continue;
    const { object, node } = spots[next];
    for (const edge of heap.referrers(object)) {
      if (heap.distance(heap.owner(edge)) !== heap.distance(object) - 1) continue;
      spots[spotOf(heap.owner(edge), stepBack(node, edge))].onward.push(next);
    }
  }

  // The ways, by the node where they begin and the name of the root.
  const ways = new Map();
  spots.forEach((spot, number) => {
    if (!isBeginning(spot)) return;
    const isCut = heap.distance(spot.object) > 0;
    const name = isCut ? undefined : heap.nameOf(spot.object);
    const key = `${spot.node} ${isCut} ${name === undefined ? "" : `"${name}"`}`;
    if (!ways.has(key)) ways.set(key, { name, isCut, node: spot.node, spots: [] });
    ways.get(key).spots.push(number);
  });
  const finished = [...ways.values()].map(({ name, isCut, node, spots: begin }) => {
    const steps = [];
    for (let at = nodes[node]; at.parent !== NONE; at = nodes[at.parent]) {
      steps.push({ label: labels.texts[at.text], type: heap.typeNumbered(at.to), isRepeated: at.isRepeated });
    }
    return {
      name, isCut, steps,
      type: heap.typeNumbered(nodes[node].type),
      roots: [...new Set(begin.map((number) => spots[number].object))],
      ends: endsFrom(begin, spots, nodes),
    };
  });
  return finished.sort((one, other) => other.ends.length - one.ends.length || one.steps.length - other.steps.length);
}

// The objects at the end of the way that begins at these spots.
function endsFrom(begin, spots, nodes) {
  const seen = new Set(begin);
  const pending = [...begin];
  const ends = new Set();
  while (pending.length > 0) {
    const { object, node, onward } = spots[pending.pop()];
    if (nodes[node].parent === NONE) ends.add(object);
    for (const next of onward) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(next);
    }
  }
  return [...ends];
}

// A way in one line. It leads to the first object at its end.
function wayLink({ name, isCut, type, steps, ends }) {
  const dotted = (label) => (label === "" ? ".(unnamed)" : label.startsWith("[") ? label : "." + label);
  return element("a", { class: "object way", href: `#object=${ends[0]}` },
    isCut ? "… → " : "",
    name === undefined ? "" : [element("bdi", { class: "name" }, `"${name}"`), " "],
    typeText(type),
    steps.map((step) => [
      element("span", { class: "label" }, dotted(step.label) + (step.isRepeated ? "+" : "")),
      " → ", typeText(step.type),
    ]));
}

// The ways to some objects as a table.
function waysTable(objects, caption) {
  const ways = waysTo(objects);
  return table({
    caption,
    by: 0,
    rows: ways,
    lines: 8,
    name: "ways",
    columns: [
      { title: "Objects", value: (way) => way.ends.length },
      { title: "Roots", value: (way) => way.roots.length },
      { title: "Held by", isText: true, value: (way) => way.steps.length, show: wayLink },
    ],
  });
}
