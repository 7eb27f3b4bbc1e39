// Compares a `.heapsnapshot` file, as the DevTools' loader reads it, with
// `expected.json`. Run by `.ci/inspect-devtools`.

import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { diff, parse } from "heap-snapshot-toolkit";

const folder = process.argv[2];
const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
const load = (name) => parse(createReadStream(`${folder}/${name}`, "utf8"));

const snapshot = await load("heap.heapsnapshot");
// The nodes that are no objects: "", "(GC roots)", and "(garbage)" if there is any.
const syntheticOf = (garbage) => (garbage > 0 ? 3 : 2);
const synthetic = syntheticOf(expected.garbage);
assert.equal(snapshot.nodeCount, expected.objects + expected.named + synthetic, "number of nodes");
assert.equal(snapshot.totalSize, expected.bytes, "total size");
console.log(`${snapshot.nodeCount} nodes (${synthetic} synthetic), ${snapshot.totalSize} bytes: agreed`);

// Types, as the summary view lists them.
const found = {};
for (const { name, count, self } of Object.values(snapshot.aggregatesWithFilter({}))) {
  const sum = found[name] ?? [0, 0];
  found[name] = [sum[0] + count, sum[1] + self];
}
for (const [name, [count, bytes]] of Object.entries(expected.types)) {
  assert.deepEqual(found[name], [count, bytes], `objects of type ${name}`);
}
console.log(`${Object.keys(expected.types).length} types, counts and bytes: agreed`);

// Names are strings without bytes, which nodes refer to.
const isObject = (node) => node.type() === "object";

// Retained sizes of every object.
const objects = [];
for (const iterator = snapshot.allNodes(); iterator.hasNext(); iterator.next()) {
  const node = iterator.item();
  if (isObject(node)) {
    objects.push([node.rawName(), node.selfSize(), node.retainedSize()]);
  }
}
assert.equal(objects.length, expected.objects);
const sum = objects.reduce((sum, [, , retained]) => sum + retained, 0);
assert.equal(sum, expected.allRetained, "sum of the retained sizes of all objects");
const order = (one, other) => other[2] - one[2] || other[1] - one[1] || one[0].localeCompare(other[0]);
const least = expected.retained.at(-1)[2];
const larger = (list) => list.filter(([, , retained]) => retained > least).sort(order);
assert.deepEqual(larger(objects), larger(expected.retained), "largest retained sizes");
console.log(`retained sizes: the sum of all and the largest ${larger(objects).length} agreed`);

// Distances: the DevTools show none for what only "(garbage)" leads to, as it
// is not reachable.
let unreachable = 0;
for (const iterator = snapshot.allNodes(); iterator.hasNext(); iterator.next()) {
  const node = iterator.item();
  if (node.nodeIndex >= synthetic * 7 && node.distance() >= 100_000_000) unreachable++;
}
assert.equal(unreachable, expected.garbage, "objects without a distance");
console.log(`${unreachable} objects of garbage have no distance, all others have one: agreed`);

// The comparison view. It tells objects by type and number. Numbers are hashes
// of 31 bits, and of two objects with the same hash the one at the higher
// address takes the next number: a new object can so take the number of an old
// one, which then counts as gone and as new. Each of these is found here by
// itself, and nothing else may differ.
const numbered = (file) => {
  const list = [];
  for (const iterator = file.allNodes(); iterator.hasNext(); iterator.next()) {
    const node = iterator.item();
    if (isObject(node)) list.push(`${node.rawName()} @${node.id()}`);
  }
  return list;
};
const split = (list, places) => {
  const chosen = new Set(places);
  const is = (wanted) => list.filter((_, place) => chosen.has(place) === wanted);
  return { kept: is(false), others: is(true) };
};
const earlier = await load("before.heapsnapshot");
const before = split(numbered(earlier), expected.gonePlaces);
const after = split(numbered(snapshot), expected.newPlaces);
assert.equal(before.kept.length, after.kept.length, "objects that are in both files");
const moved = before.kept.flatMap((name, place) => (name === after.kept[place] ? [] : [[name, after.kept[place]]]));
const idOf = (name) => name.slice(name.lastIndexOf("@"));
const idsAfter = new Set([...after.kept, ...after.others].map(idOf));
const idsBefore = new Set([...before.kept, ...before.others].map(idOf));
for (const [old, now] of moved) {
  const isTaken = idsAfter.has(idOf(old)) || idsBefore.has(idOf(now));
  assert.ok(isTaken, `${old} became ${now}, although its number was free`);
  console.log(`  ${old} is now ${now}: two objects with one hash`);
}
// By type and number, as the view compares them.
const [namesBefore, namesAfter] = [before, after].map(({ kept, others }) => new Set([...kept, ...others]));
const appeared = [...namesAfter].filter((name) => !namesBefore.has(name)).length;
const vanished = [...namesBefore].filter((name) => !namesAfter.has(name)).length;
assert.equal(appeared - expected.new, vanished - expected.gone, "what counts as both");
assert.ok(appeared - expected.new <= moved.length, "only those with another number count as both");

const changes = Object.values(await diff(earlier, snapshot));
const [added, removed] = ["addedCount", "removedCount"].map((key) =>
  changes.reduce((sum, change) => sum + change[key], 0));
assert.deepEqual([added, removed], [appeared, vanished], "comparison: added and removed");
console.log(
  `comparison with an earlier file: ${added} added (${expected.new} new), ` +
    `${removed} removed (${expected.gone} gone), ${moved.length} with another number: agreed`,
);
