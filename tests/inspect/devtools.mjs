// Compares a `.heapsnapshot` file, as the DevTools' loader reads it, with
// `expected.json`. Run by `.ci/inspect-devtools`.

import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { diff, parse } from "heap-snapshot-toolkit";

const folder = process.argv[2];
const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
const load = (name) => parse(createReadStream(`${folder}/${name}`, "utf8"));

const snapshot = await load("heap.heapsnapshot");
const synthetic = expected.garbage > 0 ? 3 : 2;
assert.equal(snapshot.nodeCount, expected.objects + synthetic, "number of nodes");
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

// Retained sizes of every object.
const objects = [];
for (const iterator = snapshot.allNodes(); iterator.hasNext(); iterator.next()) {
  const node = iterator.item();
  if (node.nodeIndex >= synthetic * 7) {
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

// The comparison view.
const changes = Object.values(await diff(await load("before.heapsnapshot"), snapshot));
const [added, removed] = ["addedCount", "removedCount"].map((key) =>
  changes.reduce((sum, change) => sum + change[key], 0));
const close = (one, other) => Math.abs(one - other) <= 20;
assert.ok(close(added, expected.new) && close(removed, expected.gone), `comparison: ${added} added, ${removed} removed`);
console.log(`comparison with an earlier file: ${added} added (${expected.new} new), ${removed} removed (${expected.gone} gone)`);
