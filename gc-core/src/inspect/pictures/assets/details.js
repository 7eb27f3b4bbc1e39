// One object: what it is, why it is alive, what it holds, who holds it.

const LISTED = 60;

function fillDetails(panel, object) {
  if (object === NONE) {
    panel.replaceChildren(element("div", { class: "empty" },
      element("p", {}, "Select an object to see its fields, what refers to it, and why it is alive."),
      element("p", {}, "Start with the type that has the most bytes, or with what has grown.")));
    return;
  }
  panel.replaceChildren(
    element("header", {},
      element("h2", { class: "type-head" }, element("a", { href: `#type=${heap.typeOf(object)}` }, typeName(heap.typeOf(object)))),
      heap.nameOf(object) === undefined ? null : element("p", { class: "text-head" }, nameOf(object)),
      element("p", { class: "id" }, heap.id(object)),
      heap.text(object) === undefined ? null : element("p", { class: "text-head" }, textOf(object)),
      element("p", { class: "badges" }, badges(object))),
    facts(object),
    section("Why it is alive", pathList(object)),
    otherWays(object),
    edgeSection("Fields", heap.edges(object), (edge) => [labelText(edge), objectLink(heap.target(edge))],
      "Refers to nothing."),
    edgeSection("Referrers", Array.from(heap.referrers(object)),
      (edge) => [objectLink(heap.owner(edge)), labelText(edge)], "No object refers to it."),
    section("Keeps alive", ...[contentsList(object)].flat()),
  );
}

function badges(object) {
  const made = [];
  const badge = (text, kind = "") => made.push(element("span", { class: `badge ${kind}` }, text));
  if (heap.external(object) > 0) badge("held from outside", "root");
  if (heap.isGarbage(object)) badge("garbage", "garbage");
  badge(heap.place(object));
  if (heap.isFinalized(object)) badge("finalized");
  if (heap.isExclusive(object)) badge("in exclusive use");
  if (heap.isImmortal(object)) badge("immortal");
  if (heap.data.new && newObjects().has(object)) badge("new", "new");
  return made;
}

const newObjects = (() => {
  let set;
  return () => (set ??= new Set(heap.data.new));
})();

function facts(object) {
  const all = heap.data.bytes + heap.data.owned;
  const retained = heap.retained(object);
  const fact = (name, ...value) => [element("dt", {}, name), element("dd", {}, ...value)];
  const dominator = heap.dominator(object);
  return element("dl", { class: "facts" },
    fact("Retained", element("strong", {}, size(retained)),
      element("span", { class: "aside" }, `, ${percent(retained, all).toFixed(1)} % of the heap`)),
    fact("Bytes", number(heap.bytes(object)),
      element("span", { class: "aside" }, ` with header; the value has ${number(heap.size(object))}`)),
    fact("Owned", number(heap.owned(object)),
      element("span", { class: "aside" }, " in vectors, strings and the like")),
    fact("Handles", number(heap.handles(object)),
      element("span", { class: "aside" }, `, ${number(heap.external(object))} from outside`)),
    heap.data.sites
      ? fact("Made at", element("span", { class: "site" }, siteText(heap.data.sites[heap.data.site[object]])))
      : [],
    fact("Dominator", dominator === NONE ? element("span", { class: "aside" }, "none") : objectLink(dominator)),
  );
}

function section(title, ...content) {
  return element("section", {}, element("h3", {}, title), ...content.filter((part) => part !== null));
}

// A list of edges, the first few at once.
function edgeSection(title, edges, show, nothing) {
  const list = element("ol", { class: "edges" });
  const more = element("button", { class: "more quiet", type: "button" });
  let shown = 0;
  const grow = () => {
    const next = edges.slice(shown, shown + LISTED);
    list.append(...next.map((edge) => element("li", {}, ...show(edge).flatMap((part) => [part, " "]))));
    shown += next.length;
    more.hidden = shown === edges.length;
    more.textContent = `Show more (${number(edges.length - shown)} left)`;
  };
  more.addEventListener("click", grow);
  grow();
  const head = element("h3", {}, title, " ", element("span", { class: "count" }, number(edges.length)));
  if (edges.length === 0) return element("section", {}, head, element("p", { class: "aside" }, nothing));
  return element("section", {}, head, list, more);
}

function pathList(object) {
  const path = heap.pathTo(object);
  if (path === null) {
    return element("p", { class: "aside" },
      heap.isGarbage(object)
        ? `Nothing outside reaches it. It waits for ${heap.waitsFor(object)}.`
        : "The way to it leads through objects that this page leaves out.");
  }
  const root = path.length === 0 ? object : heap.owner(path[0]);
  const step = (at, ...before) =>
    element("li", { class: at === object ? "here" : "" }, ...before, objectLink(at));
  const start = element("li", { class: "outside" }, `${plural(heap.external(root), "handle")} from outside`);
  const steps = path.map((edge) => step(heap.target(edge), labelText(edge), " "));
  if (steps.length > 2 * LISTED) {
    const left = steps.length - 2 * LISTED;
    steps.splice(LISTED, left, element("li", { class: "aside" }, `… ${number(left)} more …`));
  }
  return element("ol", { class: "path" }, start, step(root), steps);
}

// All that holds it, if that is more than one path.
function otherWays(object) {
  const ways = waysTo([object]);
  const roots = ways.reduce((count, way) => count + way.roots.length, 0);
  if (roots < 2) return "";
  const item = (way) => element("li", {}, wayLink({ ...way, ends: way.roots }),
    element("span", { class: "aside" }, way.roots.length > 1 ? ` ${number(way.roots.length)} roots` : ""));
  return section(`All shortest ways to it, from ${number(roots)} roots`,
    element("ul", { class: "contents" }, ways.slice(0, 12).map(item)),
    ways.length > 12 ? element("p", { class: "aside" }, `… ${number(ways.length - 12)} more`) : null);
}

function contentsList(object) {
  const contents = heap.contents(object).slice(0, 12);
  const item = ([type, { count, bytes }]) => element("li", {},
    typeLink(type), " ",
    element("span", { class: "aside" }, `${number(count)} × `, size(bytes)));
  if (contents.length === 0) return element("p", { class: "aside" }, "Nothing but itself.");
  return [
    element("ul", { class: "contents" }, contents.map(item)),
    element("p", {}, element("a", { href: `#treemap=${object}&object=${object}` }, "Show in the treemap")),
  ];
}
