// The census: all types, and the objects of one type.

function censusView() {
  const numbers = new Map(heap.data.types.map((name, type) => [name, type]));
  const rows = heap.data.census.map(([name, count, bytes, owned]) =>
    ({ type: numbers.get(name), count, bytes, owned, inAll: bytes + owned }));
  const all = heap.data.bytes + heap.data.owned;
  return table({
    caption: "All objects by type",
    by: 4,
    rows,
    columns: [
      { title: "Type", isText: true, value: (row) => typeName(row.type), show: (row) => typeLink(row.type) },
      { title: "Objects", value: (row) => row.count },
      { title: "Bytes", value: (row) => row.bytes, show: (row) => size(row.bytes) },
      { title: "Owned", value: (row) => row.owned, show: (row) => (row.owned > 0 ? size(row.owned) : "–") },
      {
        title: "Share",
        value: (row) => row.inAll,
        show: (row) => bar(row.inAll, all, percent(row.inAll, all).toFixed(1) + " %"),
      },
      {
        title: "Retained",
        value: (row) => heap.retainedByType(row.type),
        show: (row) => size(heap.retainedByType(row.type)),
      },
    ],
  });
}

function typeView(type, selected) {
  return [
    backTo("#view=census", "All types"),
    element("h2", { class: "type-head", title: typeName(type) }, typeName(type)),
    leftOut(type),
    holdersSection(heap.objectsOf(type), `What holds objects of type ${typeName(type)}`),
    objectsTable(heap.objectsOf(type), `Objects of type ${typeName(type)}`, selected),
  ];
}

// How many objects of a type the tables below do not know.
function leftOut(type) {
  const all = heap.data.census.find((row) => row[0] === heap.data.types[type])?.[1] ?? 0;
  const shown = heap.objectsOf(type).length;
  return all === shown ? null : element("p", { class: "hint" },
    `${number(shown)} of ${number(all)} are in this page and are counted below. HeapSnapshot::holders counts all.`);
}

// All that holds some objects, in one table.
function holdersSection(objects, caption) {
  return element("section", { class: "holders", "aria-label": caption }, waysTable(objects, caption));
}

function backTo(href, text) {
  return element("nav", { class: "back", "aria-label": "Back" }, element("a", { href }, "← " + text));
}

// Objects, the one that retains the most first.
function objectsTable(objects, caption, selected, ...more) {
  const held = (object) => heap.external(object);
  const most = objects.reduce((most, object) => Math.max(most, heap.retained(object)), 1);
  return table({
    caption,
    by: 3,
    rows: objects,
    name: "objects",
    isCurrent: (object) => object === selected,
    columns: [
      { title: "Object", isText: true, value: heap.id, show: objectLink },
      { title: "Bytes", value: heap.bytes, show: (object) => size(heap.bytes(object)) },
      {
        title: "Owned",
        value: heap.owned,
        show: (object) => (heap.owned(object) > 0 ? size(heap.owned(object)) : "–"),
      },
      {
        title: "Retained",
        value: heap.retained,
        show: (object) => bar(heap.retained(object), most, size(heap.retained(object))),
      },
      { title: "Handles", value: heap.handles },
      { title: "Outside", value: held, show: (object) => (held(object) > 0 ? number(held(object)) : "–") },
      { title: "Generation", isText: true, value: heap.place, show: heap.place },
      ...more,
    ],
  });
}
