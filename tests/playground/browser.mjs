// Uses the playground as somebody would. Run by `.ci/playground`, with the folder of the page
// and the folder for screenshots. The browser is the program that `CHROMIUM` names, or the
// first Chromium on `PATH`; it is told what to do through `chromium.mjs`.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { launch } from "./chromium.mjs";

const [folder, pictures] = process.argv.slice(2).map((path) => resolve(path));

// Only the files of the page, as any static file server has them.
const KINDS = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm" };
const server = createServer(({ url }, response) => {
  const path = join(folder, new URL(url, "http://page").pathname.replace(/\/$/, "/index.html"));
  try {
    const content = readFileSync(path);
    response.writeHead(200, { "content-type": KINDS[extname(path)] ?? "application/octet-stream" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}/`;

const browser = await launch();
const page = await browser.newPage();
const complaints = [];
page.on("Runtime.exceptionThrown", ({ exceptionDetails }) =>
  complaints.push(exceptionDetails.exception?.description ?? exceptionDetails.text));
page.on("Log.entryAdded", ({ entry }) => entry.level === "error" && complaints.push(`${entry.text} ${entry.url ?? ""}`));
page.on("Runtime.consoleAPICalled", ({ type, args }) => type === "error" && complaints.push(JSON.stringify(args)));
page.on("Network.requestWillBeSent", ({ request: { url } }) => {
  if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) complaints.push(`network: ${url}`);
});

const step = (text) => console.log("ok", text);
const text = (id) => page.evaluate(`document.getElementById(${JSON.stringify(id)}).textContent`);
const shot = async (name) => writeFileSync(`${pictures}/${name}.png`, await page.screenshot());
const until = async (condition, what, seconds = 20) => {
  const end = Date.now() + 1000 * seconds;
  while (!(await page.evaluate(condition))) {
    if (Date.now() > end) {
      assert.fail(`${what}: ${await text("status")} ${(await text("output")).slice(0, 500)}`);
    }
    await new Promise((done) => setTimeout(done, 30));
  }
};
const idle = (seconds) =>
  until(`document.getElementById("run").getAttribute("aria-disabled") === "false"`, "it does not end", seconds);
const write = async (program) => {
  await page.evaluate(`{ const source = document.getElementById("source"); source.focus(); source.select(); }`);
  await page.type(program);
};
const run = async (program, seconds) => {
  await write(program);
  await page.click("#run");
  await idle(seconds);
  return text("output");
};
const choose = (at) => page.evaluate(`{ const menu = document.getElementById("example"); menu.value = ${at};
  menu.dispatchEvent(new Event("change")); }`);
const objects = async () => Number((await text("objects")).replaceAll(",", ""));

const setScreen = (width, height, mobile = false) =>
  page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
const setScheme = (value) =>
  page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });

await setScreen(1280, 1000);
await setScheme("light");
await page.goto(origin);
await idle();
assert.equal(await text("status"), "Ready.");
step("the page opens");

// A million rings, twice: once to get the memory, once more to see that nobody needs more.
const rings = async () => {
  await page.click("#rings");
  await idle(120);
  assert.match(await text("output"), /Made and dropped 1,000,000 rings/);
  const data = await page.evaluate(`({ ...document.getElementById("rings-result").dataset })`);
  const numbers = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Number(value)]));
  console.log("   a million rings:", JSON.stringify(numbers), await text("status"));
  return numbers;
};
await choose(1);
const first = await rings();
assert.ok(first.after - first.before <= 8 << 20, "the first time it grows by a few MiB at most");
const second = await rings();
assert.equal(second.after, second.before, "the second time it does not grow");
assert.equal(second.peak, first.peak);
const freed = await page.evaluate(`[...document.querySelectorAll("#totals tr")]
  .map((row) => Number(row.cells[4].textContent.replaceAll(",", ""))).reduce((sum, part) => sum + part)`);
assert.ok(freed >= 5_900_000, `${freed} objects were freed`);
const paused = await page.evaluate(`[...document.querySelectorAll("#totals tr")].map((row) => row.cells[5].textContent)`);
console.log("   time of young, middle, old collections:", paused.join(", "));
assert.notEqual(paused[0], "0.00 ms", "there is a clock");
step("a million rings take no more memory than one");
await shot("light");
await setScreen(1280, 960);
await shot("playground");
await setScreen(1280, 1000);

// Programs, their output, and their errors.
assert.equal(await run("var x = 40 + 2;\nprint x;\n"), "42\n");
assert.equal(await text("lines"), "1\n2\n3", "lines are numbered");
assert.equal(await run("print x + 1;"), "43\n", "globals stay");
await write("print \"by keyboard\";");
await page.press("Enter", ["Control"]);
await idle();
assert.equal(await text("output"), "by keyboard\n");
assert.equal(await run("print 1;\nprint y;"), "1\nUndefined variable 'y'.\n[line 2] in script\n");
assert.equal(await page.evaluate(`document.querySelector("#output .error").textContent.split("\\n")[0]`),
  "Undefined variable 'y'.");
assert.match(await run("print ;"), /^\[line 1\] Error at ';': Expect expression\.\n$/);
assert.match(await text("status"), /has errors/);
step("programs run by mouse and by keyboard, and errors are shown");

// What a program prints is text.
const markup = `<img src=x onerror="globalThis.isBroken = true">`.replaceAll('"', "'");
assert.equal(await run(`print "${markup}";`), `${markup}\n`);
assert.match(await run(`var ${markup};`), /Expect variable name/);
assert.equal(await page.evaluate(`document.querySelectorAll("img").length`), 0);
assert.equal(await page.evaluate(`globalThis.isBroken`), undefined);
step("markup is shown as text");

// Deep nesting, and output without end.
const deep = (depth) => `print ${"(".repeat(depth)}1${")".repeat(depth)};`;
assert.match(await run(`fun f(n) { f(n + 1); }\nf(0);`), /^Stack overflow\.\n/);
await page.evaluate(`document.getElementById("source").value = ${JSON.stringify(deep(900))}`);
await page.click("#run");
await idle();
assert.equal(await text("output"), "1\n");
await page.evaluate(`document.getElementById("source").value = ${JSON.stringify(deep(100000))}`);
await page.click("#run");
await idle();
assert.match(await text("output"), /Too much nesting/);
assert.match(await run(`for (var i = 0; i < 200000; i = i + 1) print "0123456789";`), /… and 2,000,000 more characters/);
step("deep calls, deep nesting and much output do no harm");

// Cycles wait for a collection.
await page.click("#collect");
await idle();
const settled = await objects();
await run(`class C {}\nfun f() { var a = C(); var b = C(); a.b = b; b.a = a; }\nf();`);
assert.ok(await objects() >= settled + 2);
await page.click("#collect");
await idle();
assert.equal(await text("status"), "The collection freed 2 objects.");
assert.match(await page.evaluate(`document.getElementById("strip").getAttribute("aria-label")`), /The last \d+ of \d+/);
step("Collect frees a cycle");

// Thresholds.
const collections = () => page.evaluate(`[...document.querySelectorAll("#totals tr")]
  .map((row) => Number(row.cells[1].textContent.replaceAll(",", ""))).reduce((sum, part) => sum + part)`);
const setThresholds = async (...numbers) => {
  for (const [at, name] of ["young", "middle", "old"].entries()) {
    await page.evaluate(`{ const input = document.getElementById("${name}"); input.focus(); input.select(); }`);
    await page.type(String(numbers[at]));
  }
  await page.click("#set");
  await idle();
  assert.match(await text("status"), new RegExp(`thresholds of ${numbers.join(", ")}\\.`));
};
const churn = "for (var i = 0; i < 1000; i = i + 1) f();";
const during = async () => {
  const before = await collections();
  await run(churn);
  return (await collections()) - before;
};
await setThresholds(0, 10, 10);
assert.equal(await during(), 0);
const memory = () => text("wasm").then(parseFloat);
const small = await memory();
await run("for (var i = 0; i < 200000; i = i + 1) f();", 60);
assert.ok(await memory() > small + 10, "without collections memory grows");
await page.click("#collect");
await idle();
assert.match(await text("status"), /^The collection freed 40\d,\d\d\d objects\.$/);
await setThresholds(100, 10, 10);
const few = await during();
await setThresholds(10, 10, 10);
const many = await during();
assert.ok(few >= 10 && many > 5 * few, `${few} and ${many} collections`);
step(`thresholds are obeyed: ${few} and ${many} collections`);

await setThresholds(701, 10, 10);

// Deep structures, on the small stack of a module: one dies by counting, one by a collection.
const chain = (link) => `class Node {}\nvar node = nil;
for (var i = 0; i < 1000000; i = i + 1) { var next = Node(); next.next = node; ${link} node = next; }`;
for (const [link, alive] of [["", false], ["if (node != nil) node.last = next;", true]]) {
  await run(chain(link), 60);
  assert.ok(await objects() > 1_000_000);
  await run("node = nil;");
  assert.equal(await objects() > 1_000_000, alive);
  await page.click("#collect");
  await idle();
  assert.match(await text("status"), alive ? /freed 1,000,00\d objects/ : /freed \d+ objects?\./);
}
step("chains of a million objects die without a stack overflow");

// The page of the heap.
await run(`class Kept {}\nvar kept = Kept();\nprint kept;`);
await page.click("#show-heap");
await idle();
const inHeap = (expression) => `document.getElementById("heap-frame").contentDocument?.readyState === "complete" &&
  (() => { const page = document.getElementById("heap-frame").contentDocument; return ${expression}; })()`;
await until(inHeap(`/Instance/.test(page.querySelector("#view tbody")?.innerText ?? "")`), "the heap names no Instance");
await shot("heap");
const tab = await browser.tabOpenedBy(() => page.click("#heap-tab"));
await tab.until(`/Instance/.test(document.querySelector("#view tbody")?.innerText ?? "")`);
await tab.close();
await page.click("#hide-heap");
step("the page of the heap names types, below and in a tab");

// Programs that would not end, or take all memory.
await write("print \"begun\";\nwhile (true) {}");
await page.click("#run");
await until(`document.getElementById("output").textContent === "begun\\n"`, "output is shown meanwhile");
await page.click("#stop");
await idle();
assert.match(await text("status"), /Stopped/);
assert.equal(await page.evaluate(`document.getElementById("young").value`), "701", "thresholds stay");
assert.equal(await run("print 1;"), "1\n");
step("Stop ends a program");
assert.match(await run(`var s = "12345678";\nwhile (true) s = s + s;`), /The module trapped.*of at most 256 MiB/);
assert.match(await text("status"), /was started anew/);
assert.match(await run(`print s;`), /Undefined variable 's'/);
step("the module is started anew after a trap");

// Reset, and the examples of the menu.
await run("var a = \"of the old session\";");
await page.click("#reset");
await idle();
assert.match(await text("status"), /^A new session\./);
assert.match(await run("print a;"), /Undefined variable 'a'/);
const titles = await page.evaluate(`[...document.querySelectorAll("#example option")].map(({ textContent }) => textContent)`);
assert.ok(titles.length >= 8);
await setThresholds(700, 10, 10);
for (const [at, title] of titles.entries()) {
  await choose(at);
  await page.click("#run");
  await idle(120);
  assert.match(await text("status"), /^Done/, title);
  const source = await page.evaluate(`document.getElementById("source").value`);
  const expected = [...source.matchAll(/\/\/ expect: (.*)/g)].map((match) => `${match[1]}\n`).join("");
  if (expected) assert.equal(await text("output"), expected, title);
  console.log("  ", title, "-", await text("status"));
}
step("Reset forgets globals, and the examples of the menu do what their comments say");

// Everything can be reached with the keyboard, and has a name.
const focused = [];
await page.evaluate(`document.activeElement.blur()`);
for (let presses = 0; presses < 40; presses++) {
  await page.press("Tab");
  const id = await page.evaluate(`document.activeElement.id || document.activeElement.className`);
  if (id && focused.includes(id)) break;
  focused.push(id);
}
for (const id of ["example", "source", "run", "stop", "reset", "output", "collect", "rings", "show-heap", "young", "middle", "old", "set"]) {
  assert.ok(focused.includes(id), `Tab leads to ${id}: ${focused}`);
}
const { nodes } = await page.send("Accessibility.getFullAXTree");
for (const { role, name, ignored } of nodes) {
  if (!ignored && ["button", "textbox", "spinbutton", "combobox", "link", "image"].includes(role?.value)) {
    assert.ok(name?.value, `a ${role.value} has no name`);
  }
}
step("the keyboard leads everywhere, and all controls have names");

// Dark, and a small screen.
const ground = () => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
const light = await ground();
await choose(0);
await page.evaluate(`scrollTo(0, 0)`);
await page.click("#run");
await idle();
await setScheme("dark");
assert.notEqual(await ground(), light);
await shot("dark");
await setScreen(390, 844, true);
await page.click("#rings");
await idle(120);
assert.equal(await page.evaluate(`document.documentElement.scrollWidth`), 390, "nothing sticks out");
await page.evaluate(`scrollTo(0, 0)`);
await shot("small-dark");
await setScheme("light");
await page.evaluate(`scrollTo(0, document.getElementById("heap-title").getBoundingClientRect().top + scrollY - 20)`);
await shot("small");
step("it follows the system into the dark, and fits a small screen");

assert.deepEqual(complaints, [], "no errors, no network");
step("no errors, and nothing was loaded from elsewhere");
await browser.close();
server.close();
