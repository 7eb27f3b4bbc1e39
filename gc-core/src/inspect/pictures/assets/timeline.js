// The heap over time, and any two moments compared.

const moment = ([at, objects, bytes, reserved, collections, collected, pauses, longest, types]) =>
  ({ at, objects, bytes, reserved, collections, collected, pauses, longest, types });

const timeline = heap.data.timeline && {
  moments: heap.data.timeline.moments.map(moment),
  types: heap.data.timeline.types,
};

// The moments that are compared.
const compared = { from: 0, to: timeline ? timeline.moments.length - 1 : 0 };

const seconds = (at) => (at < 1 ? `${(1000 * at).toFixed(0)} ms` : at < 100 ? `${at.toFixed(2)} s` : `${at.toFixed(0)} s`);
const pauseText = (micros) => (micros < 1000 ? `${micros} µs` : `${(micros / 1000).toFixed(1)} ms`);

function timelineView() {
  const { moments } = timeline;
  const since = (at, of) => (at === 0 ? 0 : moments[at][of] - moments[at - 1][of]);
  const charts = [
    chart("Live bytes", (at) => moments[at].bytes, size),
    chart("Garbage freed", (at) => since(at, "collected"), (count) => plural(count, "object")),
    chart("Longest pause", (at) => moments[at].longest, pauseText),
  ];
  const table = element("div", { class: "compared" });
  const fill = () => {
    for (const mark of charts) mark.show();
    table.replaceChildren(...comparedMoments());
  };
  const choose = (name, title) => slider(name, title, fill);
  fill();
  return [
    element("p", { class: "hint" },
      `${plural(moments.length, "moment")} in ${seconds(moments.at(-1).at)}. `,
      "Compare any two: press a bar, or move the sliders with the arrow keys."),
    charts.map(({ drawn }) => drawn),
    element("div", { class: "sliders" }, choose("from", "From"), choose("to", "To")),
    table,
  ].flat();

  // Bars for all moments; a press on one compares with it.
  function chart(title, value, show) {
    const values = moments.map((_, at) => value(at));
    const most = Math.max(1, ...values);
    const bars = values.map((part, at) => {
      const bar = element("span", { class: "moment", title: `${seconds(moments[at].at)}: ${show(part)}` });
      bar.style.setProperty("--part", `${percent(part, most).toFixed(2)}%`);
      return bar;
    });
    const drawn = element("figure", { class: "chart" },
      element("figcaption", {}, title, " ", element("span", { class: "aside" }, `at most ${show(most === 1 && Math.max(...values) === 0 ? 0 : most)}`)),
      element("div", { class: "moments", role: "img", "aria-label": `${title} over time, at most ${show(most)}`, onclick: press }, bars));
    return {
      drawn,
      show: () => bars.forEach((bar, at) => {
        bar.classList.toggle("between", at > Math.min(compared.from, compared.to) && at < Math.max(compared.from, compared.to));
        bar.classList.toggle("end", at === compared.from || at === compared.to);
      }),
    };
    function press(event) {
      const at = bars.indexOf(event.target.closest(".moment"));
      if (at === NONE) return;
      // The end that is nearer moves.
      const name = Math.abs(at - compared.from) < Math.abs(at - compared.to) ? "from" : "to";
      const range = document.getElementById(`moment-${name}`);
      range.value = at;
      range.dispatchEvent(new Event("input"));
    }
  }
}

function slider(name, title, change) {
  const { moments } = timeline;
  const said = element("output", { for: `moment-${name}` });
  const range = element("input", {
    id: `moment-${name}`, type: "range", min: "0", max: String(moments.length - 1), step: "1",
    value: String(compared[name]), oninput: () => move(),
  });
  const tell = () => {
    said.textContent = seconds(moments[compared[name]].at);
    range.setAttribute("aria-valuetext", said.textContent);
  };
  const move = () => {
    compared[name] = Number(range.value);
    tell();
    change();
  };
  tell();
  return element("label", {}, element("span", {}, title), range, said);
}

// What has grown from one moment to the other.
function comparedMoments() {
  const [before, after] = [compared.from, compared.to].map((at) => timeline.moments[at]);
  const total = after.bytes - before.bytes;
  return [
    element("p", { class: "hint" },
      `From ${seconds(before.at)} to ${seconds(after.at)}: ${signed(after.objects - before.objects)} objects, `,
      `${signedSize(total)}; ${plural(Math.abs(after.collections - before.collections), "collection")} `,
      `freed ${plural(Math.abs(after.collected - before.collected), "object")} of garbage.`),
    growthTable(
      "Growth between two moments, by type",
      growthRows(before.types, after.types),
      (type) => timeline.types[type],
      momentType,
    ),
  ];
}

// A type of a moment, which may have no objects any more.
function momentType(type) {
  const name = timeline.types[type];
  const now = heap.data.types.indexOf(name);
  if (now === NONE) return element("span", { class: "type", title: name }, shortName(name));
  return typeLink(now);
}
