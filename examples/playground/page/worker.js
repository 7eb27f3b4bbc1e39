// The interpreter, in a thread of its own: the page stays usable while a program runs, and can
// end this worker at any time.
//
// The page sends {id, what, ...}, and gets {id, answer}, or {id, trap} after which this worker
// is of no use. In between come {output} and {collections}.

import init, * as playground from "./pkg/playground.js";

// What a program prints beyond this is counted and not shown.
const MOST_OUTPUT = 200_000;

let wasm;
let session;
let printed = 0;

const memory = ([objects, live, reserved, peak]) =>
  ({ objects, live, reserved, peak, wasm: wasm.memory.buffer.byteLength });

// What the module calls while it runs.
self.playground = {
  showOutput(isError, text) {
    const shown = text.slice(0, Math.max(0, MOST_OUTPUT - printed));
    printed += text.length;
    if (shown || isError) postMessage({ output: isError ? text : shown, isError });
  },
  showCollections(rows, missed, numbers) {
    postMessage({ collections: [...rows], missed, memory: memory(numbers) });
  },
};

const tasks = {
  async start() {
    wasm = await init();
    session = new playground.Session();
    const texts = playground.examples();
    const examples = [];
    for (let at = 0; at < texts.length; at += 2) examples.push({ title: texts[at], source: texts[at + 1] });
    return { examples, thresholds: [...playground.thresholds()] };
  },
  run({ source }) {
    printed = 0;
    const before = memory(playground.heapMemory());
    const start = performance.now();
    const outcome = session.run(source);
    const milliseconds = performance.now() - start;
    return { outcome, before, milliseconds, hidden: Math.max(0, printed - MOST_OUTPUT) };
  },
  reset() {
    session.free();
    session = new playground.Session();
    return { freed: playground.collect() };
  },
  collect: () => ({ freed: playground.collect() }),
  thresholds({ numbers }) {
    playground.setThresholds(...numbers);
    return { thresholds: [...playground.thresholds()] };
  },
  heap: ({ title }) => ({ page: playground.heapPage(title) }),
};

onmessage = async ({ data }) => {
  try {
    const answer = await tasks[data.what](data);
    answer.memory = memory(playground.heapMemory());
    answer.statistics = [...playground.statistics()];
    postMessage({ id: data.id, answer });
  } catch (error) {
    postMessage({ id: data.id, trap: String(error), memory: wasm?.memory.buffer.byteLength });
  }
};
