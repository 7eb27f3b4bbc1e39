// What stands behind the totals: roots, cycles, garbage, frozen objects.

function listView(title, hint, ...content) {
  return [
    backTo("#view=census", "All types"),
    element("h2", { class: "list-head" }, title),
    element("p", { class: "hint" }, hint),
    ...content,
  ];
}

const allObjects = (isIn) => Array.from({ length: heap.count }, (_, object) => object).filter(isIn);

function rootsView(selected) {
  return listView("Held from outside",
    "Handles in variables, statics, or values that are not traced hold these objects. All that they reach is alive.",
    objectsTable(allObjects((object) => heap.external(object) > 0), "Objects held from outside", selected));
}

function frozenView(selected) {
  return listView("Frozen",
    "gc::freeze took these objects out of the generations: no collection examines them until gc::unfreeze.",
    objectsTable(allObjects(heap.isFrozen), "Frozen objects", selected));
}

// Cycles.

function cyclesView() {
  const rows = heap.data.cycleList.map(([isGarbage, count, bytes, members], number) =>
    ({ isGarbage: isGarbage === 1, count, bytes, members, number, types: typesIn(members) }));
  return listView("Cycles",
    "Objects each of which reaches all the others. A cycle is no leak unless something outside holds it.",
    table({
      caption: "Cycles",
      by: 1,
      rows,
      columns: [
        { title: "Types", isText: true, value: (row) => row.types.length, show: cycleLink },
        { title: "Objects", value: (row) => row.count },
        { title: "Bytes", value: (row) => row.bytes, show: (row) => size(row.bytes) },
        { title: "State", isText: true, value: (row) => cycleState(row), show: cycleState },
      ],
    }));
}

const cycleState = (cycle) => (cycle.isGarbage ? "garbage" : "alive");

// Types and how many of each, the most first.
function typesIn(objects) {
  const counts = new Map();
  for (const object of objects) counts.set(heap.typeOf(object), (counts.get(heap.typeOf(object)) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}

function cycleLink({ types, number: at }) {
  const shown = types.slice(0, 4).map(([type, count], at) => [at > 0 ? ", " : "", `${number(count)} × `, typeText(type)]);
  const more = types.length > 4 ? ` and ${number(types.length - 4)} more types` : "";
  return element("a", { href: `#cycle=${at}` }, types.length === 0 ? "objects that this page leaves out" : shown, more);
}

function cycleView(at, selected) {
  const cycle = heap.data.cycleList[at];
  return [
    backTo("#view=cycles", "Cycles"),
    element("h2", { class: "list-head" }, `Cycle of ${plural(cycle[1], "object")}`),
    objectsTable([...cycle[3]], "Members of a cycle", selected),
  ];
}

// Garbage.

function garbageView(selected) {
  const counted = heap.data.waits.filter(([, count]) => count > 0).map(([name, count, bytes]) =>
    element("li", {}, element("strong", {}, number(count)), ` (${size(bytes)}) ${count === 1 ? "waits" : "wait"} for ${name}`));
  const objects = heap.data.waiting.map(([object]) => object);
  return listView("Garbage", heap.data.schedule,
    counted.length === 0 ? null : element("ul", { class: "reasons" }, counted),
    objectsTable(objects, "Garbage", selected,
      { title: "Waits for", isText: true, value: (object) => heap.waitsFor(object), show: (object) => heap.waitsFor(object) }));
}
