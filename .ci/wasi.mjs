// Cargo's runner for test programs of wasm32-wasip1: runs each test in an instance of
// its own, as elsewhere each test has a thread of its own, and so a heap of its own. A
// test that panics traps where panics abort: its instance is lost, and nothing else.
//
//   node --no-warnings .ci/wasi.mjs PROGRAM [ARGUMENT]...
//
// The program gets the arguments, of which some choose tests, the variables GCYCLE_*
// and RUST_BACKTRACE, and the project's folder to read under its own path. The exit
// code is 0 if no test failed.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { WASI } from "node:wasi";

// With them node crashes when one module is started again and again:
// https://github.com/nodejs/node/issues/53087
v8.setFlagsFromString("--no-turbo-fast-api-calls");

const [file, ...rest] = process.argv.slice(2);
const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const visible = Object.entries(process.env)
    .filter(([name]) => name.startsWith("GCYCLE_") || name === "RUST_BACKTRACE");
const program = new WebAssembly.Module(fs.readFileSync(file));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gcycle-wasi-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true }));
const output = path.join(folder, "output");
// One for all instances.
const descriptor = fs.openSync(output, "a+");

// What a run of the program said, and whether it ended well.
function run(args) {
    fs.ftruncateSync(descriptor);
    const wasi = new WASI({
        version: "preview1",
        args: [file, ...args],
        env: Object.fromEntries(visible),
        preopens: { [project]: project },
        stdout: descriptor,
        stderr: descriptor,
        returnOnExit: true,
    });
    let trap;
    let code;
    try {
        code = wasi.start(new WebAssembly.Instance(program, wasi.getImportObject()));
    } catch (error) {
        trap = error.stack;
    }
    const said = fs.readFileSync(output, "utf8") + (trap ? `\n${trap}\n` : "");
    return { said, succeeded: code === 0 };
}

const list = run([...rest, "--list", "--format=terse"]);
const names = [...list.said.matchAll(/^(.*): test$/gm)].map((match) => match[1]);
if (!list.succeeded) {
    console.error(list.said);
    process.exit(1);
}
const options = rest.filter((argument) => /^--(ignored|include-ignored)$/.test(argument));
const counts = { passed: 0, failed: 0, ignored: 0 };
for (const name of names) {
    const started = performance.now();
    const { said, succeeded } = run([name, "--exact", "--nocapture", "--test-threads=1", ...options]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const ignored = said.match(/ \.\.\. (ignored.*)$/m);
    if (succeeded && ignored) {
        counts.ignored += 1;
        console.log(`test ${name} ... ${ignored[1]}`);
    } else if (succeeded && /^test result: ok\. 1 passed/m.test(said)) {
        counts.passed += 1;
        console.log(`test ${name} ... ok${seconds >= 1 ? ` (${seconds} s)` : ""}`);
        const notes = said.match(/^.*programs$/m);
        if (notes) console.log(`    ${notes[0].replace(/^test .* \.\.\. /, "")}`);
    } else {
        counts.failed += 1;
        console.log(`test ${name} ... FAILED\n${said}`);
    }
}
const { passed, failed, ignored } = counts;
console.log(`${path.basename(file).split("-")[0]}:`);
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; ${ignored} ignored`);
process.exitCode = failed || !names.length ? 1 : 0;
