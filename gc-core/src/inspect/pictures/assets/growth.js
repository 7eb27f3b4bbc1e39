// What has grown since an earlier snapshot.

// A row for each type of two lists of [type, count, bytes].
function growthRows(before, after) {
  const rows = new Map();
  const row = (type) => {
    if (!rows.has(type)) rows.set(type, { type, before: 0, after: 0, bytesBefore: 0, bytesAfter: 0 });
    return rows.get(type);
  };
  for (const [type, count, bytes] of before) Object.assign(row(type), { before: count, bytesBefore: bytes });
  for (const [type, count, bytes] of after) Object.assign(row(type), { after: count, bytesAfter: bytes });
  return [...rows.values()];
}

const signedSize = (bytes) => (bytes < 0 ? "−" : "+") + size(Math.abs(bytes));

function growthTable(caption, rows, name, show) {
  const growth = (row) => row.bytesAfter - row.bytesBefore;
  const most = rows.reduce((most, row) => Math.max(most, Math.abs(growth(row))), 1);
  return table({
    caption,
    by: 4,
    rows,
    columns: [
      { title: "Type", isText: true, value: (row) => name(row.type), show: (row) => show(row.type) },
      { title: "Before", value: (row) => row.before },
      { title: "After", value: (row) => row.after },
      { title: "Growth", value: (row) => row.after - row.before, show: (row) => signed(row.after - row.before) },
      { title: "Bytes", value: growth, show: (row) => bar(growth(row), most, signedSize(growth(row))) },
    ],
  });
}

function growthView() {
  const inAll = ([name, count, bytes, owned]) => [name, count, bytes + owned];
  const rows = growthRows(heap.data.before.map(inAll), heap.data.census.map(inAll));
  const total = rows.reduce((sum, row) => sum + row.bytesAfter - row.bytesBefore, 0);
  return [
    element("p", { class: "hint" },
      `Since the earlier snapshot: ${plural(heap.data.newCount, "new object")}, `,
      `${number(heap.data.goneCount)} gone, ${signedSize(total)}.`),
    growthTable("Growth by type", rows, (name) => name, growthLink),
  ];
}

function growthLink(name) {
  const type = heap.data.types.indexOf(name);
  if (type === NONE) return element("span", { class: "type", title: name }, shortName(name));
  return element("a", { class: "type", title: name, href: `#new=${type}` }, shortName(name));
}

// The new objects of one type.
function newView(type, selected) {
  const objects = heap.data.new.filter((object) => heap.typeOf(object) === type);
  return [
    backTo("#view=growth", "Growth"),
    element("h2", { class: "type-head", title: typeName(type) }, `New: ${typeName(type)}`),
    holdersSection(objects, `What holds new objects of type ${typeName(type)}`),
    objectsTable(objects, `New objects of type ${typeName(type)}`, selected),
  ];
}
