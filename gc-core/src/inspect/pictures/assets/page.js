// The page: which view is shown and which object is selected stands in the
// address, so that the browser's back button and links work.

const view = document.getElementById("view");
const details = document.getElementById("details");

const VIEWS = [
  ["census", "Census"],
  ["treemap", "Treemap"],
  ["dominators", "Dominators"],
  ...(heap.data.before ? [["growth", "Growth"]] : []),
  ...(heap.data.sites ? [["sites", "Places"]] : []),
  ...(timeline ? [["timeline", "Timeline"]] : []),
];

// What the address says, with what it does not say left as it was.
const state = { view: heap.data.before ? "growth" : "census", type: NONE, new: NONE, treemap: NONE, cycle: NONE, site: NONE, of: NONE, object: NONE };

function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  const value = (name) => (said.has(name) ? Number(said.get(name)) : NONE);
  if (said.has("view")) Object.assign(state, { view: said.get("view"), type: NONE, new: NONE, treemap: NONE, cycle: NONE, site: NONE });
  if (said.has("new")) Object.assign(state, { view: "growth", new: value("new") });
  if (said.has("cycle")) Object.assign(state, { view: "cycles", cycle: value("cycle") });
  if (said.has("site")) Object.assign(state, { view: "sites", site: value("site"), of: value("of") });
  if (said.has("treemap")) Object.assign(state, { view: "treemap", treemap: value("treemap"), type: value("type") });
  else if (said.has("type")) Object.assign(state, { view: "census", type: value("type") });
  if (said.has("object")) state.object = value("object");
}

// The address before this one.
let cameFrom = location.hash;

function show() {
  const before = { ...state };
  readAddress();
  const isOther = ["view", "type", "new", "treemap", "cycle", "site", "of"].some((name) => before[name] !== state[name]);
  fillTabs();
  if (isOther || view.childElementCount === 0) {
    const hadFocus = view.contains(document.activeElement);
    fillView();
    if (hadFocus && !view.contains(document.activeElement)) focusLine();
  } else markCurrent();
  if (before.object !== state.object || details.childElementCount === 0) {
    fillDetails(details, state.object);
    details.scrollTop = 0;
  }
  cameFrom = location.hash;
}

// Where whoever uses the keyboard goes on: at the line that leads to where they were, or at the
// first one.
function focusLine() {
  const links = [...view.querySelectorAll("tbody a, tbody button")];
  const line = links.find((link) => link.hash === cameFrom) ?? links[0] ?? view;
  line.focus({ preventScroll: line === links[0] });
}

function fillView() {
  const content = {
    census: () => (state.type === NONE ? censusView() : typeView(state.type, state.object)),
    growth: () => (state.new === NONE ? growthView() : newView(state.new, state.object)),
    treemap: () => treemapView(treemapPlace(), state.object),
    dominators: typeTree,
    sites: () => (state.site === NONE ? sitesView() : siteView(state.site, state.of, state.object)),
    timeline: timelineView,
    roots: () => rootsView(state.object),
    cycles: () => (state.cycle === NONE ? cyclesView() : cycleView(state.cycle, state.object)),
    garbage: () => garbageView(state.object),
    frozen: () => frozenView(state.object),
  }[state.view]();
  view.replaceChildren(...[content].flat().filter((part) => part !== null));
  const hasTab = VIEWS.some(([name]) => name === state.view);
  if (hasTab) view.setAttribute("aria-labelledby", `tab-${state.view}`);
  else view.removeAttribute("aria-labelledby");
  view.scrollTop = 0;
}

function treemapPlace() {
  if (state.type === NONE) return { object: state.treemap };
  const members = heap.dominated(state.treemap).filter((object) => heap.typeOf(object) === state.type);
  return { object: state.treemap, members, type: state.type };
}

// Lines and tiles of the selected object.
function markCurrent() {
  for (const line of view.querySelectorAll(".objects tbody tr, .tile")) {
    const link = line.matches("a") ? line : line.querySelector("a.object");
    const isCurrent = link && new URLSearchParams(link.hash.slice(1)).get("object") === String(state.object);
    if (isCurrent) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function fillTabs() {
  const tabs = document.getElementById("tabs");
  const hadFocus = tabs.contains(document.activeElement);
  // Of the views behind the totals none has a tab; Tab leads to the first one.
  const current = VIEWS.some(([name]) => name === state.view) ? state.view : VIEWS[0][0];
  tabs.replaceChildren(...VIEWS.map(([name, title]) => element("a", {
    id: `tab-${name}`, role: "tab", href: `#view=${name}`, "aria-controls": "view",
    "aria-selected": String(state.view === name), tabindex: current === name ? "0" : "-1",
  }, title)));
  if (hadFocus) tabs.querySelector("[tabindex='0']").focus();
}

document.getElementById("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = Math.max(0, VIEWS.findIndex(([name]) => name === state.view));
  location.hash = `#view=${VIEWS[(at + step + VIEWS.length) % VIEWS.length][0]}`;
});

// Totals.

function fillTotals() {
  const total = (value, name) => element("li", {}, element("strong", {}, value), " ", name);
  const listed = (count, name, view) => (count === 0
    ? total(number(count), name)
    : element("li", {}, element("a", { href: `#view=${view}` }, element("strong", {}, number(count)), " ", name)));
  const { count, bytes, owned, edgeCount, cycles, garbage, types, roots, frozen } = heap.data;
  const made = [
    total(number(count), count === 1 ? "object" : "objects"),
    total(size(bytes), "on the heap"),
    total(size(owned), "owned elsewhere"),
    total(number(types.length), types.length === 1 ? "type" : "types"),
    total(number(edgeCount), edgeCount === 1 ? "edge" : "edges"),
    listed(roots, "held from outside", "roots"),
    listed(cycles, cycles === 1 ? "cycle" : "cycles", "cycles"),
    listed(garbage, "garbage", "garbage"),
    listed(frozen, "frozen", "frozen"),
  ];
  if (heap.count < count) {
    made.push(element("li", { class: "aside" },
      `Shown one by one: the ${number(heap.count)} that retain the most, and some of each type`));
  }
  document.getElementById("totals").replaceChildren(...made);
}

// Light and dark.

const THEMES = ["auto", "light", "dark"];

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.textContent = { auto: "◐ Auto", light: "○ Light", dark: "● Dark" }[theme];
  button.setAttribute("aria-label", `Colours: ${theme}. Press to change.`);
}

document.getElementById("theme").addEventListener("click", () => {
  const at = THEMES.indexOf(document.documentElement.dataset.theme);
  setTheme(THEMES[(at + 1) % THEMES.length]);
});

// Search.

const search = document.getElementById("search");
const results = document.getElementById("results");

function find(text) {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const found = [];
  if (/^(0x)?[0-9a-f]{4,}$/.test(wanted)) {
    const object = heap.withId(Number.parseInt(wanted.replace(/^0x/, ""), 16));
    if (object !== NONE) found.push({ href: `#object=${object}`, show: () => objectLink(object).childNodes });
  }
  heap.data.types.forEach((name, type) => {
    if (name.toLowerCase().includes(wanted)) {
      const count = heap.objectsOf(type).length;
      found.push({
        href: count === 1 ? `#object=${heap.objectsOf(type)[0]}` : `#type=${type}`,
        show: () => [typeText(type), " ", element("span", { class: "aside" }, plural(count, "object"))],
      });
    }
  });
  found.splice(12);
  for (const [object, text] of [...heap.names(), ...heap.texts()]) {
    if (found.length >= 24) break;
    if (text.toLowerCase().includes(wanted)) {
      found.push({ href: `#object=${object}`, show: () => objectLink(object).childNodes });
    }
  }
  return found;
}

function fillResults() {
  const found = find(search.value);
  const isOpen = search.value.trim() !== "";
  results.replaceChildren(...found.map((result, at) => element("li", {
    id: `result-${at}`, role: "option", "aria-selected": String(at === 0), "data-href": result.href,
    onmousedown: (event) => event.preventDefault(), onclick: () => choose(result.href),
  }, ...result.show())));
  if (isOpen && found.length === 0) {
    results.replaceChildren(element("li", { class: "aside" }, "No type, no name, no text and no address like this."));
  }
  results.hidden = !isOpen;
  search.setAttribute("aria-expanded", String(isOpen));
  search.setAttribute("aria-activedescendant", found.length > 0 ? "result-0" : "");
}

function choose(href) {
  search.value = "";
  fillResults();
  location.hash = href;
}

search.addEventListener("input", fillResults);
search.addEventListener("focus", fillResults);
search.addEventListener("blur", () => (results.hidden = true));
search.addEventListener("keydown", (event) => {
  const options = [...results.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    search.value = "";
    fillResults();
  } else if (event.key === "Enter" && at !== NONE) {
    choose(options[at].dataset.href);
    (state.object === NONE ? view : details).focus();
  } else if (step && options.length > 0) {
    event.preventDefault();
    const next = (at + step + options.length) % options.length;
    options[at].setAttribute("aria-selected", "false");
    options[next].setAttribute("aria-selected", "true");
    options[next].scrollIntoView({ block: "nearest" });
    search.setAttribute("aria-activedescendant", options[next].id);
  }
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "Backspace" && !isTyping) history.back();
});

setTheme("auto");
fillTotals();
addEventListener("hashchange", show);
show();
