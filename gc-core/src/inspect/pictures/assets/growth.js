// What has grown since an earlier snapshot.

function growthRows() {
  const rows = new Map();
  const row = (name) => {
    if (!rows.has(name)) rows.set(name, { name, before: 0, after: 0, bytesBefore: 0, bytesAfter: 0 });
    return rows.get(name);
  };
  for (const [name, count, bytes, owned] of heap.data.before) {
    Object.assign(row(name), { before: count, bytesBefore: bytes + owned });
  }
  for (const [name, count, bytes, owned] of heap.data.census) {
    Object.assign(row(name), { after: count, bytesAfter: bytes + owned });
  }
  return [...rows.values()];
}

function growthView() {
  const rows = growthRows();
  const growth = (row) => row.bytesAfter - row.bytesBefore;
  const total = rows.reduce((sum, row) => sum + growth(row), 0);
  const most = Math.max(1, ...rows.map((row) => Math.abs(growth(row))));
  return [
    element("p", { class: "hint" },
      `Since the earlier snapshot: ${plural(heap.data.newCount, "new object")}, `,
      `${number(heap.data.goneCount)} gone, ${total < 0 ? "−" : "+"}${size(Math.abs(total))}.`),
    table({
      caption: "Growth by type",
      by: 4,
      rows,
      columns: [
        { title: "Type", isText: true, value: (row) => row.name, show: growthLink },
        { title: "Before", value: (row) => row.before },
        { title: "After", value: (row) => row.after },
        { title: "Growth", value: (row) => row.after - row.before, show: (row) => signed(row.after - row.before) },
        {
          title: "Bytes",
          value: growth,
          show: (row) => bar(growth(row), most, (growth(row) < 0 ? "−" : "+") + size(Math.abs(growth(row)))),
        },
      ],
    }),
  ];
}

function growthLink(row) {
  const type = heap.data.types.indexOf(row.name);
  if (type === NONE) return element("span", { class: "type", title: row.name }, shortName(row.name));
  return element("a", { class: "type", title: row.name, href: `#new=${type}` }, shortName(row.name));
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
