// Making elements, and how numbers and names are written.

// An element with attributes, listeners (`onclick`) and children.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null));
  return made;
}

const grouped = new Intl.NumberFormat("en-US");
const number = (value) => grouped.format(value);
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "±") + number(Math.abs(value));
const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

// Bytes in the unit that leaves three digits.
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

const percent = (part, whole) => (whole === 0 ? 0 : (100 * part) / whole);

// A type name without the modules, as in pictures.
const shortNames = new Map(heap.data.shortNames);
const shortName = (name) => shortNames.get(name) ?? name;
const typeName = (type) => heap.data.types[type];

// A type as it is written everywhere: short, and in full where a pointer rests.
function typeText(type) {
  return element("span", { class: "type", title: typeName(type) }, shortName(typeName(type)));
}

function typeLink(type) {
  return element("a", { class: "type", title: typeName(type), href: `#type=${type}` }, shortName(typeName(type)));
}

function objectLink(object) {
  const link = element("a", { class: "object", href: `#object=${object}` }, typeText(heap.typeOf(object)));
  link.prepend(nameOf(object));
  link.append(" ", element("span", { class: "id" }, heap.id(object)), textOf(object));
  return link;
}

// The name that the program gave to an object, before its type.
function nameOf(object) {
  const name = heap.nameOf(object);
  return name === undefined ? "" : element("bdi", { class: "name" }, name);
}

// The text of an object, in quotes; it cannot change the direction of what is around it.
function textOf(object) {
  const text = heap.text(object);
  return text === undefined ? "" : element("bdi", { class: "text" }, `"${text}"`);
}

// A label as it would follow the name of a variable.
function labelText(edge) {
  const label = heap.label(edge);
  if (label === "") return element("span", { class: "label unnamed" }, "(unnamed)");
  return element("span", { class: "label" }, label.startsWith("[") ? label : "." + label);
}

// A bar behind a number, for comparing lines of a table at a glance.
function bar(part, whole, text) {
  const made = element("span", { class: "bar" }, element("span", { class: "bar-text" }, text));
  made.style.setProperty("--part", `${percent(Math.abs(part), whole).toFixed(2)}%`);
  if (part < 0) made.classList.add("less");
  return made;
}

// A colour for each type, the same on every page.
function hue(type) {
  let hash = 7;
  for (const letter of type === NONE ? "" : typeName(type)) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  return (hash * 137.5) % 360;
}
