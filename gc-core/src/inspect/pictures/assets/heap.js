// The heap: decodes what the page brings along, and answers questions about
// it. Objects, types and edges are numbers; `NONE` stands for none of them.

const NONE = -1;

const heap = (() => {
  const data = JSON.parse(document.getElementById("heap").textContent);
  const count = data.kind.length;

  const ids = new Float64Array(count);
  data.ids.reduce((address, distance, object) => (ids[object] = address + distance), 0);

  // Edges, one object's behind the other's.
  const firstEdge = new Uint32Array(count + 1);
  data.edges.forEach((edges, object) => (firstEdge[object + 1] = firstEdge[object] + edges));
  const targets = Uint32Array.from(data.targets);
  const owners = new Uint32Array(targets.length);
  for (let object = 0; object < count; object++) {
    owners.fill(object, firstEdge[object], firstEdge[object + 1]);
  }

  // Sorts `entries` into one list for each of `size` keys, without allocating
  // a list for each.
  function group(size, entries, keyOf) {
    const first = new Uint32Array(size + 1);
    for (let entry = 0; entry < entries; entry++) {
      const key = keyOf(entry);
      if (key !== NONE) first[key + 1]++;
    }
    for (let key = 0; key < size; key++) first[key + 1] += first[key];
    const next = first.slice();
    const list = new Uint32Array(first[size]);
    for (let entry = 0; entry < entries; entry++) {
      const key = keyOf(entry);
      if (key !== NONE) list[next[key]++] = entry;
    }
    return (key) => list.subarray(first[key], first[key + 1]);
  }

  const once = (make) => {
    let made;
    return (...args) => (made ??= make())(...args);
  };

  const typeOf = (object) => data.kinds[data.kind[object]][0];
  const bytes = (object) => data.kinds[data.kind[object]][2];
  const owned = (object) => data.ownedBytes[object];
  const inAll = (object) => bytes(object) + owned(object);
  const texts = new Map(data.texts);
  const objectNames = new Map(data.objectNames);
  const retained = (object) => data.retained[object];
  const dominator = (object) => data.dominator[object] - 1;
  const byRetained = (one, other) => retained(other) - retained(one);

  const referrers = once(() => group(count, targets.length, (edge) => targets[edge]));
  const objectsOf = once(() => {
    const list = group(data.types.length, count, typeOf);
    return (type) => Array.from(list(type)).sort(byRetained);
  });
  // What an object dominates directly, largest first; the last list is that of
  // objects without a dominator.
  const dominated = once(() => {
    const place = (object) => (dominator(object) === NONE ? count : dominator(object));
    const list = group(count + 1, count, place);
    return (object) => Array.from(list(object === NONE ? count : object)).sort(byRetained);
  });

  // The last edge of a shortest way from a root to each object, and how many edges it has.
  const distances = new Int32Array(count).fill(NONE);
  const lastEdge = once(() => {
    const via = new Int32Array(count).fill(-2);
    const queue = [];
    for (let object = 0; object < count; object++) {
      if (data.external[object] > 0) {
        via[object] = NONE;
        distances[object] = 0;
        queue.push(object);
      }
    }
    for (let next = 0; next < queue.length; next++) {
      for (let edge = firstEdge[queue[next]]; edge < firstEdge[queue[next] + 1]; edge++) {
        if (via[targets[edge]] === -2) {
          via[targets[edge]] = edge;
          distances[targets[edge]] = distances[queue[next]] + 1;
          queue.push(targets[edge]);
        }
      }
    }
    return (object) => via[object];
  });

  // The edges of a shortest way from a root, in order; null if there is none.
  function pathTo(object) {
    const path = [];
    for (let edge = lastEdge(object); edge !== NONE; edge = lastEdge(owners[edge])) {
      if (edge === -2) return null;
      path.push(edge);
    }
    return path.reverse();
  }

  // The bytes that the objects of each type retain together: those of the
  // objects that no other of the type dominates.
  const retainedByType = once(() => {
    const sums = new Float64Array(data.types.length);
    const depth = new Uint32Array(data.types.length);
    const pending = Array.from(dominated(NONE));
    while (pending.length > 0) {
      const next = pending.pop();
      if (next < 0) {
        depth[typeOf(-next - 1)]--;
        continue;
      }
      if (depth[typeOf(next)]++ === 0) sums[typeOf(next)] += retained(next);
      pending.push(-next - 1);
      for (const child of dominated(next)) pending.push(child);
    }
    return (type) => sums[type];
  });

  // The types of all that an object keeps alive beside itself: pairs of a type
  // and what there is of it, largest first.
  function contents(object) {
    const sums = new Map();
    const pending = dominated(object);
    while (pending.length > 0) {
      const next = pending.pop();
      const sum = sums.get(typeOf(next)) ?? { count: 0, bytes: 0 };
      sums.set(typeOf(next), { count: sum.count + 1, bytes: sum.bytes + inAll(next) });
      for (const child of dominated(next)) pending.push(child);
    }
    return [...sums].sort((one, other) => other[1].bytes - one[1].bytes);
  }

  const waiting = new Map(data.waiting);
  const isDominator = once(() => {
    const is = new Uint8Array(count + 1);
    for (let object = 0; object < count; object++) is[dominator(object) + 1] = 1;
    return (object) => is[object + 1] === 1;
  });

  return {
    data, count, typeOf, bytes, owned, inAll, retained, dominator, dominated, referrers, objectsOf, pathTo,
    retainedByType, contents,
    id: (object) => "0x" + ids[object].toString(16),
    // The text of an object, with everything escaped that could be taken for something else.
    text: (object) => texts.get(object),
    texts: () => texts,
    // The name that the program gave to an object.
    nameOf: (object) => objectNames.get(object),
    names: () => objectNames,
    withId: (id) => ids.indexOf(id),
    size: (object) => data.kinds[data.kind[object]][1],
    handles: (object) => data.handles[object],
    external: (object) => data.external[object],
    place: (object) => data.places[data.place[object]],
    isFinalized: (object) => (data.traits[object] & 1) !== 0,
    isExclusive: (object) => (data.traits[object] & 2) !== 0,
    isImmortal: (object) => (data.traits[object] & 4) !== 0,
    isGarbage: (object) => (data.traits[object] & 8) !== 0,
    edges: (object) =>
      Array.from({ length: firstEdge[object + 1] - firstEdge[object] }, (_, edge) => firstEdge[object] + edge),
    owner: (edge) => owners[edge],
    target: (edge) => targets[edge],
    label: (edge) => data.labels[data.names[edge]],
    labelNumber: (edge) => data.names[edge],
    // The number of edges on a shortest path from a root; none if there is no path.
    distance: (object) => (lastEdge(object), distances[object]),
    // The first type with this number in `typeNumbers`.
    typeNumbered: (number) => typeNumbers.indexOf(number),
    dominatesNothing: (object) => !isDominator(object),
    isFrozen: (object) => data.places[data.place[object]] === "permanent",
    // What garbage waits for.
    waitsFor: (object) => data.waits[waiting.get(object)]?.[0] ?? "",
  };
})();
