// A table that sorts by the column whose head is pressed. Long ones show their
// first lines and a button for more. The arrow keys go from line to line, and all of a
// line is pressed to follow its link.

const LINES = 200;

// `columns`: {title, value(row), show?(row), isText?}; sorted by column number
// `by` at first, largest first unless it is text.
function table({ caption, columns, rows, by, isCurrent = () => false, lines = LINES, name = "rows" }) {
  let sorted = { column: by, isDown: !columns[by].isText };
  const head = element("tr");
  const body = element("tbody", { onkeydown: moveBetweenLines, onclick: followLine });
  const more = element("button", { class: "more quiet", type: "button", onclick: () => showMore() });

  function sort() {
    const { value, isText } = columns[sorted.column];
    const ascending = isText
      ? (one, other) => String(value(one)).localeCompare(String(value(other)))
      : (one, other) => value(one) - value(other);
    rows.sort(sorted.isDown ? (one, other) => ascending(other, one) : ascending);
  }

  function fillHead() {
    head.replaceChildren(...columns.map((column, number) => {
      const isSorted = number === sorted.column;
      const press = () => {
        const isDown = isSorted ? !sorted.isDown : !column.isText;
        sorted = { column: number, isDown };
        fill();
        head.children[number].firstChild.focus();
      };
      const arrow = isSorted ? (sorted.isDown ? " ↓" : " ↑") : "";
      return element(
        "th",
        {
          scope: "col",
          class: column.isText ? "text" : "number",
          "aria-sort": isSorted ? (sorted.isDown ? "descending" : "ascending") : "none",
        },
        element("button", { type: "button", onclick: press }, column.title,
          element("span", { class: "arrow", "aria-hidden": "true" }, arrow)),
      );
    }));
  }

  function fillBody() {
    body.replaceChildren(...rows.slice(0, lines).map((row) => element(
      "tr",
      { "aria-current": isCurrent(row) ? "true" : null },
      columns.map((column) => element(
        "td",
        { class: column.isText ? "text" : "number" },
        column.show ? column.show(row) : number(column.value(row)),
      )),
    )));
    more.hidden = rows.length <= lines;
    more.textContent = `Show more (${number(rows.length - lines)} left)`;
  }

  function showMore() {
    const next = lines;
    lines += LINES * 5;
    fillBody();
    body.children[next]?.querySelector("a, button")?.focus();
  }

  function fill() {
    sort();
    fillHead();
    fillBody();
  }

  fill();
  return element("div", { class: "table" },
    element("table", { class: name }, element("caption", {}, caption), element("thead", {}, head), body),
    more);
}

// A press anywhere on a line follows its first link; marking text does not.
function followLine(event) {
  if (event.target.closest("a, button") || String(getSelection()) !== "") return;
  const link = event.target.closest("tr")?.querySelector("a");
  if (link) location.hash = link.hash;
}

function moveBetweenLines(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const line = step && event.target.closest("tr")?.[step];
  const link = line?.querySelector("a, button");
  if (link) {
    event.preventDefault();
    link.focus();
  }
}
