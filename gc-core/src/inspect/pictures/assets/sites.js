// Where objects were made: all places, and the objects of one of them.

// The places that objects of a type come from; each is a line, with what was there before.
const siteRows = () => heap.data.siteCensus.map(([type, site, count, bytes, countBefore, bytesBefore]) =>
  ({ type, site, count, bytes, countBefore, bytesBefore, growth: bytes - bytesBefore }));

const siteText = (site) => (site === "" ? "not noted" : site);

function siteLink(row) {
  const shown = [typeText(row.type), element("span", { class: "aside" }, " made at "),
    element("span", { class: "site", title: row.site }, siteText(row.site))];
  const number = heap.data.sites.indexOf(row.site);
  return number === NONE ? element("span", {}, shown) : element("a", { href: `#site=${number}&of=${row.type}` }, shown);
}

function sitesView() {
  const rows = siteRows();
  const all = heap.data.bytes + heap.data.owned;
  const hasBefore = heap.data.before !== undefined;
  const signedSize = (bytes) => (bytes < 0 ? "−" : "+") + size(Math.abs(bytes));
  return [
    element("p", { class: "hint" }, "Where in the program the objects were made. Each line is a type and a place."),
    table({
      caption: "Objects by where they were made",
      by: 2,
      rows,
      name: "made",
      columns: [
        { title: "Type and place", isText: true, value: (row) => `${typeName(row.type)} ${row.site}`, show: siteLink },
        { title: "Objects", value: (row) => row.count },
        { title: "Bytes", value: (row) => row.bytes, show: (row) => bar(row.bytes, all, size(row.bytes)) },
        ...(hasBefore ? [
          { title: "Growth", value: (row) => row.count - row.countBefore, show: (row) => signed(row.count - row.countBefore) },
          { title: "In bytes", value: (row) => row.growth, show: (row) => signedSize(row.growth) },
        ] : []),
      ],
    }),
  ];
}

// The objects of a type that were made at one place.
function siteView(site, type, selected) {
  const objects = heap.objectsOf(type).filter((object) => heap.data.site[object] === site);
  return [
    backTo("#view=sites", "All places"),
    element("h2", { class: "type-head", title: typeName(type) }, typeName(type)),
    element("p", { class: "hint" }, "Made at ", element("span", { class: "site" }, siteText(heap.data.sites[site]))),
    holdersSection(objects, "What holds them"),
    objectsTable(objects, `Objects of type ${typeName(type)} made at one place`, selected),
  ];
}
