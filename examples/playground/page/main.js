// The page. Programs run in `worker.js`; everything that they print is put in as text.

const find = (id) => document.getElementById(id);
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const drawn = (name, attributes, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const count = (value) => new Intl.NumberFormat("en-US").format(value);
const size = (bytes) => {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
};
const time = (milliseconds) => {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
};
const objects = (number) => `${count(number)} object${number === 1 ? "" : "s"}`;
const GENERATIONS = ["young", "middle", "old"];

// ---- the worker ---------------------------------------------------------------------------

let worker;
let examples = [];
let waiting = new Map();
let last = 0;
// What the user set; a new worker is told again.
let thresholds;

function startWorker() {
  if (worker) {
    worker.onmessage = null;
    worker.terminate();
  }
  // Nobody answers these any more.
  for (const { reject } of waiting.values()) reject(new Ended());
  waiting = new Map();
  worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.output !== undefined) return print(data.output, data.isError ? "error" : "");
    if (data.collections) return noteCollections(data);
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.trap !== undefined) reject(new Trap(data.trap, data.memory));
    else resolve(data.answer);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    say(`The interpreter could not be loaded: ${event.message || "was it built?"}`, true);
  };
}

// The worker was ended because the user wanted it.
class Ended extends Error {}

// The module trapped: it cannot be used any more.
class Trap extends Error {
  constructor(reason, memory) {
    super(reason);
    this.memory = memory;
  }
}

function ask(what, details = {}) {
  const id = ++last;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ id, what, ...details });
  return answer.then((answered) => {
    showMemory(answered.memory);
    showTotals(answered.statistics);
    return answered;
  });
}

// A new worker has a new memory, and all that the old one knew is gone.
async function start() {
  startWorker();
  forgetCollections();
  find("rings-result").hidden = true;
  const answer = await ask("start");
  if (thresholds) await ask("thresholds", { numbers: thresholds });
  else showThresholds(answer.thresholds);
  return answer;
}

// ---- what is going on ---------------------------------------------------------------------

const IDLE = ["run", "reset", "collect", "rings", "show-heap", "set"];
let isBusy = true;

function setBusy(busy) {
  isBusy = busy;
  for (const id of IDLE) find(id).setAttribute("aria-disabled", String(busy));
  find("stop").setAttribute("aria-disabled", String(!busy));
}

function say(text, isFailure = false) {
  find("status").textContent = text;
  find("status").classList.toggle("failed", isFailure);
}

// Does `task` unless another one is on its way, and restarts the worker if it traps.
async function during(text, task) {
  if (isBusy) return;
  setBusy(true);
  say(text);
  try {
    await task();
  } catch (error) {
    if (error instanceof Ended) return;
    const full = error.memory ? ` with ${size(error.memory)} of memory, of at most 256 MiB` : "";
    print(`The module trapped${full}: ${error.message}\n`, "error");
    say("The module trapped. Starting it anew …", true);
    try {
      await start();
      say("The module trapped and was started anew: globals and heap are empty.", true);
    } catch (again) {
      if (again instanceof Ended) return;
      say(`The module could not be started: ${again.message}`, true);
    }
  }
  setBusy(false);
}

// ---- output -------------------------------------------------------------------------------

const output = find("output");

function print(text, kind) {
  const isAtEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 4;
  const piece = kind ? element("span", { class: kind }, text) : document.createTextNode(text);
  output.append(piece);
  if (isAtEnd) output.scrollTop = output.scrollHeight;
}

async function runProgram(source) {
  output.replaceChildren();
  const answer = await ask("run", { source });
  if (answer.hidden) print(`… and ${count(answer.hidden)} more characters, which are not shown.\n`, "note");
  const took = time(answer.milliseconds);
  const ended = {
    "success": `Done in ${took}.`,
    "compile error": "The program has errors.",
    "runtime error": `The program failed after ${took}.`,
  }[answer.outcome] ?? answer.outcome;
  say(ended, answer.outcome !== "success");
  return answer;
}

const run = () => during("Running …", () => runProgram(find("source").value));

// ---- the editor ---------------------------------------------------------------------------

const source = find("source");
const lines = find("lines");

function number() {
  const needed = source.value.split("\n").length;
  lines.textContent = Array.from({ length: needed }, (_, at) => at + 1).join("\n");
  lines.scrollTop = source.scrollTop;
}

function setSource(text) {
  source.value = text;
  source.scrollTop = 0;
  number();
}

source.addEventListener("input", number);
source.addEventListener("scroll", () => (lines.scrollTop = source.scrollTop));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run();
});
find("example").addEventListener("change", (event) => setSource(examples[event.target.value].source));

// ---- the heap in numbers ------------------------------------------------------------------

function showMemory(memory) {
  find("objects").textContent = count(memory.objects);
  for (const name of ["live", "reserved", "peak", "wasm"]) find(name).textContent = size(memory[name]);
}

function showThresholds(numbers) {
  ["young", "middle", "old"].forEach((name, at) => (find(name).value = numbers[at]));
}

function showTotals(statistics) {
  const rows = GENERATIONS.map((name, at) => {
    const [collections, candidates, traced, freed, total, longest] = statistics.slice(6 * at, 6 * at + 6);
    const cells = [collections, candidates, traced, freed].map(count).concat([total, longest].map(time));
    return element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text)));
  });
  find("totals").replaceChildren(...rows);
}

// ---- collections --------------------------------------------------------------------------

const MOST_SHOWN = 120;
const TABLE_ROWS = 30;
let collections = [];
let total = 0;
let isDrawing = false;

function noteCollections({ collections: numbers, missed, memory }) {
  showMemory(memory);
  total += missed + numbers.length / 5;
  for (let at = 0; at < numbers.length; at += 5) {
    const [generation, candidates, traced, freed, pause] = numbers.slice(at, at + 5);
    collections.push({ generation, candidates, traced, freed, pause });
  }
  collections = collections.slice(-MOST_SHOWN);
  draw();
}

function forgetCollections() {
  collections = [];
  total = 0;
  draw();
}

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawStrip();
    drawTable();
  });
}

// Upwards what was looked at and what was freed, downwards how long it took.
function drawStrip() {
  const strip = find("strip");
  const mostObjects = Math.max(1, ...collections.map(({ candidates, freed }) => Math.max(candidates, freed)));
  const mostTime = Math.max(0.01, ...collections.map(({ pause }) => pause));
  const [width, top, above, below] = [10, 4, 84, 36];
  const axis = top + above;
  const chart = drawn("svg", { viewBox: `0 0 ${MOST_SHOWN * width} 132`, preserveAspectRatio: "none" });
  chart.append(drawn("line", { class: "axis", x1: 0, x2: MOST_SHOWN * width, y1: axis + 2, y2: axis + 2 }));
  const first = MOST_SHOWN - collections.length;
  collections.forEach((collection, at) => {
    const { generation, candidates, traced, freed, pause } = collection;
    const x = (first + at) * width;
    const bar = (kind, left, thickness, height, y) =>
      chart.append(drawn("rect", { class: kind, x: x + left, y, width: thickness, height }));
    const high = (value) => (value ? Math.max(1, (above * value) / mostObjects) : 0);
    bar("candidates", 1, 4, high(candidates), axis - high(candidates));
    bar("freed", 5, 4, high(freed), axis - high(freed));
    bar(`g${generation}`, 1, 8, Math.max(1, (below * pause) / mostTime), axis + 4);
    chart.append(drawn("rect", { class: "hit", x, y: 0, width, height: 132 }, drawn("title", {},
      `${GENERATIONS[generation]}: ${count(candidates)} candidates, ${count(traced)} traced, ${count(freed)} freed, ${time(pause)}`)));
  });
  strip.replaceChildren(chart, element("div", { class: "scales" },
    element("span", {}, collections.length ? `up to ${objects(mostObjects)}, pauses up to ${time(mostTime)}` : "No collection yet."),
    element("span", {}, collections.length ? `the last ${count(collections.length)} of ${count(total)}` : "")));
  strip.setAttribute("aria-label", collections.length
    ? `The last ${collections.length} of ${total} collections: each freed up to ${objects(mostObjects)} and took up to ${time(mostTime)}.`
    : "No collection yet.");
}

function drawTable() {
  const rows = collections.slice(-TABLE_ROWS).reverse().map(({ generation, candidates, traced, freed, pause }) => {
    const cells = [candidates, traced, freed].map(count).concat(time(pause));
    return element("tr", {}, element("th", { scope: "row" }, GENERATIONS[generation]),
      ...cells.map((text) => element("td", {}, text)));
  });
  find("last").replaceChildren(...rows);
}

// ---- buttons ------------------------------------------------------------------------------

find("run").addEventListener("click", run);

find("stop").addEventListener("click", async () => {
  if (find("stop").getAttribute("aria-disabled") === "true") return;
  find("stop").setAttribute("aria-disabled", "true");
  say("Stopping …");
  try {
    await start();
    say("Stopped. The module was started anew: globals and heap are empty.");
    setBusy(false);
  } catch (error) {
    if (!(error instanceof Ended)) say(`The module could not be started: ${error.message}`, true);
  }
});

find("reset").addEventListener("click", () => during("Resetting …", async () => {
  const { freed } = await ask("reset");
  output.replaceChildren();
  say(`A new session. What reference counts had not freed, a collection did: ${objects(freed)}.`);
}));

find("collect").addEventListener("click", () => during("Collecting …", async () => {
  const { freed } = await ask("collect");
  say(`The collection freed ${objects(freed)}.`);
}));

find("thresholds").addEventListener("submit", (event) => {
  event.preventDefault();
  during("Setting the thresholds …", async () => {
    const numbers = ["young", "middle", "old"].map((name) => find(name).valueAsNumber);
    const answer = await ask("thresholds", { numbers });
    thresholds = answer.thresholds;
    showThresholds(thresholds);
    say(`Collections start at thresholds of ${thresholds.map(count).join(", ")}.`);
  });
});

find("rings").addEventListener("click", () => during("Making a million rings …", async () => {
  const result = find("rings-result");
  result.hidden = true;
  const { source } = examples.find(({ title }) => title === "A million rings");
  const answer = await runProgram(source);
  if (answer.outcome !== "success") return;
  const { memory: after, before, milliseconds } = answer;
  const row = (title, bytes, peak) => element("tr", {}, element("th", { scope: "row" }, title),
    ...bytes.map((value) => element("td", {}, size(value))), element("td", {}, size(peak)));
  const grown = after.wasm - before.wasm;
  result.replaceChildren(
    element("p", {}, `A million rings, three million objects, in ${time(milliseconds)}. `
      + (grown ? `The memory of the module grew by ${size(grown)}.` : "The memory of the module did not grow.")),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Memory before and after" }, element("table", {},
      element("thead", {}, element("tr", {}, element("td"),
        ...["before", "after", "at most"].map((text) => element("th", { scope: "col" }, text)))),
      // Memory of WebAssembly is never given back, so that what it is now is the most it ever was.
      element("tbody", {},
        row("Whole module", [before.wasm, after.wasm], after.wasm),
        row("Reserved", [before.reserved, after.reserved], after.peak)))));
  Object.assign(result.dataset, { before: before.wasm, after: after.wasm, reserved: before.reserved, peak: after.peak });
  result.hidden = false;
}));

let heapAddress;

function closeHeap() {
  find("heap-page").hidden = true;
  find("heap-frame").removeAttribute("src");
  if (heapAddress) URL.revokeObjectURL(heapAddress);
  heapAddress = undefined;
}

find("show-heap").addEventListener("click", () => during("Looking at the heap …", async () => {
  const { page } = await ask("heap", { title: "Heap of the Lox session" });
  closeHeap();
  heapAddress = URL.createObjectURL(new Blob([page], { type: "text/html;charset=utf-8" }));
  find("heap-frame").src = heapAddress;
  find("heap-tab").href = heapAddress;
  find("heap-page").hidden = false;
  find("page-title").focus();
  find("heap-page").scrollIntoView({ behavior: "auto", block: "start" });
  say("The heap is shown below.");
}));

find("hide-heap").addEventListener("click", () => {
  closeHeap();
  find("show-heap").focus();
});

// ---- begin --------------------------------------------------------------------------------

number();
draw();
try {
  ({ examples } = await start());
  examples.forEach(({ title }, at) => find("example").append(element("option", { value: at }, title)));
  find("example").disabled = false;
  if (!source.value) setSource(examples[0].source);
  setBusy(false);
  say("Ready.");
} catch (error) {
  say(`The module could not be started: ${error.message}`, true);
}
