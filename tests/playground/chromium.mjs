// A headless Chromium, driven by its DevTools protocol over a pipe, without any package.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const MODIFIERS = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };
const CODES = { Enter: 13, Tab: 9 };

/** One tab. */
class Page {
  #browser;
  #session;
  #target;
  #listeners = new Map();

  constructor(browser, session, target) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
  }

  send(method, params = {}) {
    return this.#browser.send(method, params, this.#session);
  }

  on(method, listener) {
    this.#listeners.set(method, [...(this.#listeners.get(method) ?? []), listener]);
  }

  happened(method, params) {
    for (const listener of this.#listeners.get(method) ?? []) listener(params);
  }

  goto(url) {
    const loaded = new Promise((done) => this.on("Page.loadEventFired", done));
    return this.send("Page.navigate", { url }).then(() => loaded);
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    assert.ok(!exceptionDetails, `${expression}: ${exceptionDetails?.exception?.description}`);
    return result.value;
  }

  async until(condition, seconds = 20) {
    const end = Date.now() + 1000 * seconds;
    while (!(await this.evaluate(condition))) {
      assert.ok(Date.now() < end, condition);
      await new Promise((done) => setTimeout(done, 30));
    }
  }

  /** With the mouse, in the middle of the element, which has to be what is seen there. */
  async click(selector) {
    const [x, y] = await this.evaluate(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      found.scrollIntoView({ block: "nearest", behavior: "instant" });
      const box = found.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      if (!found.contains(document.elementFromPoint(x, y))) throw Error("something covers it");
      return [x, y];
    })()`);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  async press(key, held = []) {
    const modifiers = held.reduce((sum, name) => sum + MODIFIERS[name], 0);
    const event = { key, code: key, windowsVirtualKeyCode: CODES[key], modifiers };
    await this.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** Puts in text where the focus is. */
  type(text) {
    return this.send("Input.insertText", { text });
  }

  async screenshot() {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  close() {
    return this.#browser.send("Target.closeTarget", { targetId: this.#target });
  }
}

/** Chromium. */
class Browser {
  #process;
  #last = 0;
  #waiting = new Map();
  #pages = new Map();
  #created = () => {};

  constructor(process) {
    this.#process = process;
    let rest = Buffer.alloc(0);
    process.stdio[4].on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
        this.#received(JSON.parse(rest.subarray(0, end).toString()));
        rest = rest.subarray(end + 1);
      }
    });
    process.on("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`Chromium ended with ${code}`));
    });
  }

  #received({ id, result, error, method, params, sessionId }) {
    if (id === undefined) {
      if (method === "Target.targetCreated") this.#created(params.targetInfo);
      this.#pages.get(sessionId)?.happened(method, params);
      return;
    }
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async #attach(targetId) {
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.#pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    return page;
  }

  async newPage() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    return this.#attach(targetId);
  }

  /** The tab that `action` opens. */
  async tabOpenedBy(action) {
    await this.send("Target.setDiscoverTargets", { discover: true, filter: [{ type: "page" }] });
    const { targetInfos } = await this.send("Target.getTargets");
    const known = targetInfos.map(({ targetId }) => targetId);
    const opened = new Promise((resolve, reject) => {
      this.#created = (target) => target.type === "page" && !known.includes(target.targetId) && resolve(target.targetId);
      setTimeout(() => reject(new Error("no tab was opened")), 10_000).unref();
    });
    await action();
    const page = await this.#attach(await opened);
    await this.send("Target.setDiscoverTargets", { discover: false });
    return page;
  }

  async close() {
    const ended = new Promise((done) => this.#process.on("exit", done));
    await this.send("Browser.close").catch(() => {});
    await ended;
  }
}

/** Starts the program that `CHROMIUM` names, or the first Chromium on `PATH`. */
export async function launch() {
  const onPath = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    process.env.PATH.split(delimiter).filter(Boolean).map((place) => join(place, name)));
  const program = process.env.CHROMIUM || onPath.find(isProgram);
  assert.ok(program, "no Chromium on PATH; name one with CHROMIUM");
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const args = ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${folder}`,
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"];
  // Chromium does not start with its sandbox as root; everybody else keeps it.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const started = spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  // Nothing of it outlives the test.
  process.on("exit", () => {
    started.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return new Browser(started);
}
