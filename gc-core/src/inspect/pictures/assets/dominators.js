// The dominator tree by type: what objects of a type keep alive, by type, and so on inward.
// Each line stands for all objects of one type that objects of the line above dominate.

const CHILDREN = 40;

function typeTree() {
  const body = element("tbody", { onkeydown: moveInTree });
  const all = heap.data.bytes + heap.data.owned;
  addBranches(body, null, groupsIn(heap.dominated(NONE)), 1, all);
  return [
    element("p", { class: "hint" },
      "What would be freed with all objects of a type, and what that is. ",
      element("kbd", {}, "→"), " opens a line, ", element("kbd", {}, "←"), " closes it."),
    element("div", { class: "table" }, element("table", { role: "treegrid", class: "tree" },
      element("caption", {}, "Dominators by type"),
      element("thead", {}, element("tr", {},
        element("th", { scope: "col", class: "text" }, element("span", {}, "Type")),
        ["Objects", "Bytes", "Retained"].map((title) =>
          element("th", { scope: "col", class: "number" }, element("span", {}, title))))),
      body)),
  ];
}

// Objects by type: what retains the most first.
function groupsIn(objects) {
  const groups = new Map();
  for (const object of objects) {
    const type = heap.typeOf(object);
    if (!groups.has(type)) groups.set(type, { type, members: [], retained: 0, bytes: 0 });
    const group = groups.get(type);
    group.members.push(object);
    group.retained += heap.retained(object);
    group.bytes += heap.inAll(object);
  }
  return [...groups.values()].sort((one, other) => other.retained - one.retained);
}

// Adds lines for the first of `groups` behind `line`, or at the end.
function addBranches(body, line, groups, level, whole) {
  const shown = groups.slice(0, CHILDREN).map((group) => branch(body, group, level, whole));
  if (groups.length > CHILDREN) {
    const left = groups.slice(CHILDREN);
    const more = element("tr", { "aria-level": String(level) }, element("td", { colspan: "4", class: "text" },
      element("button", { class: "quiet", type: "button", onclick: () => {
        addBranches(body, more, left, level, whole);
        const next = more.nextElementSibling;
        more.remove();
        next.querySelector("button").focus();
      } }, `Show more (${number(left.length)} left)`)));
    more.style.setProperty("--level", level);
    shown.push(more);
  }
  if (line) line.after(...shown);
  else body.append(...shown);
}

function branch(body, group, level, whole) {
  const isLeaf = group.members.every((object) => heap.dominatesNothing(object));
  const toggle = element("button", {
    class: "toggle", type: "button", "aria-label": `What ${shortName(typeName(group.type))} keeps alive`,
    onclick: () => toggleBranch(body, line, group, level, whole),
  }, "▸");
  toggle.disabled = isLeaf;
  const line = element("tr", { "aria-level": String(level), "aria-expanded": isLeaf ? null : "false" },
    element("td", { class: "text" }, toggle, typeLink(group.type)),
    element("td", { class: "number" }, number(group.members.length)),
    element("td", { class: "number" }, size(group.bytes)),
    element("td", { class: "number" }, bar(group.retained, whole, size(group.retained))));
  line.style.setProperty("--level", level);
  return line;
}

function toggleBranch(body, line, group, level, whole) {
  const isOpen = line.getAttribute("aria-expanded") === "true";
  line.setAttribute("aria-expanded", String(!isOpen));
  line.querySelector(".toggle").textContent = isOpen ? "▸" : "▾";
  if (!isOpen) {
    addBranches(body, line, groupsIn(group.members.flatMap((object) => heap.dominated(object))), level + 1, whole);
    return;
  }
  while (Number(line.nextElementSibling?.getAttribute("aria-level") ?? 0) > level) line.nextElementSibling.remove();
}

function moveInTree(event) {
  const line = event.target.closest("tr");
  const expanded = line?.getAttribute("aria-expanded");
  const toggle = line?.querySelector(".toggle");
  if ((event.key === "ArrowRight" && expanded === "false") || (event.key === "ArrowLeft" && expanded === "true")) {
    event.preventDefault();
    toggle.click();
  } else if (event.key === "ArrowLeft" && line) {
    // Up to the line that this one is in.
    const level = Number(line.getAttribute("aria-level"));
    let above = line.previousElementSibling;
    while (above && Number(above.getAttribute("aria-level")) >= level) above = above.previousElementSibling;
    if (above) {
      event.preventDefault();
      above.querySelector(".toggle").focus();
    }
  } else moveBetweenLines(event);
}
