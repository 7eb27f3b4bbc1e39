// Calls the functions of tests/wasm, built for wasm32-unknown-unknown, and checks what they
// return. Each has an instance of its own, in which the first collection is the first
// thing that happens.
//
//   node .ci/wasm.mjs PROGRAM
//
// GCYCLE_MODEL_PROGRAMS sets how many programs of the model run, for each of two lengths;
// GCYCLE_MODEL_SEED repeats a run.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const module = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
assert.deepEqual(WebAssembly.Module.imports(module), [], "it needs nothing but itself");
const programs = Number(process.env.GCYCLE_MODEL_PROGRAMS ?? 2500);
const seed = Number(process.env.GCYCLE_MODEL_SEED ?? Math.floor(Date.now() / 1000)) >>> 0;
const corpus = path.join(path.dirname(fileURLToPath(import.meta.url)), "../fuzz/corpus/model");

const checks = {
    first_collection: (wasm) => assert.equal(wasm.finalizers(1), 1),
    rings: (wasm) => {
        // How much the allocator needs where segments come and go is known after some.
        for (let turn = 0; turn < 3; turn += 1) wasm.rings(10_000);
        const before = wasm.memory.buffer.byteLength;
        const found = wasm.rings(1_000_000);
        assert.ok(found > 1_900_000 && found <= 2_000_000, `collections found ${found}`);
        assert.equal(wasm.memory.buffer.byteLength, before, "memory is flat");
        return `1000000 rings, ${before} bytes`;
    },
    list: (wasm) => assert.equal(wasm.list(300_000), 600_000),
    pointers: (wasm) => assert.equal(wasm.pointers(), 1),
    finalizers: (wasm) => assert.equal(wasm.finalizers(1000), 1000),
    weak_maps: (wasm) => assert.equal(wasm.weak_maps(10_000), 10_000),
    callbacks: (wasm) => assert.equal(wasm.callbacks(10_000), 10_000),
    thresholds: (wasm) => {
        const started = wasm.thresholds();
        assert.ok(started >= 150 && started <= 400, `${started} collections`);
        return `${started} collections`;
    },
    short_programs: (wasm) => `seed ${seed}, ${wasm.model(seed, programs, 40)} programs`,
    longer_programs: (wasm) => `seed ${seed}, ${wasm.model(seed, programs, 120)} programs`,
    corpus: (wasm) => {
        const names = fs.readdirSync(corpus);
        assert.ok(names.length > 0, "the corpus is empty");
        for (const name of names) {
            const bytes = fs.readFileSync(path.join(corpus, name));
            const room = wasm.room(bytes.length);
            new Uint8Array(wasm.memory.buffer, room, bytes.length).set(bytes);
            assert.equal(wasm.corpus(), Math.floor(bytes.length / 4), name);
        }
        return `${names.length} programs`;
    },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
    const wasm = new WebAssembly.Instance(module).exports;
    const started = performance.now();
    try {
        wasm.listen();
        const notes = check(wasm);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.log(`test ${name} ... ok (${notes ? `${notes}, ` : ""}${seconds} s)`);
    } catch (error) {
        failed += 1;
        const said = Buffer.from(wasm.memory.buffer, wasm.said(), wasm.said_length()).toString();
        console.log(`test ${name} ... FAILED\n${said}\n${error.stack}`);
    }
}
const unwinding = new WebAssembly.Instance(module).exports.panics_unwind();
const passed = Object.keys(checks).length - failed;
console.log(`panics ${unwinding ? "unwind" : "abort"}`);
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
process.exitCode = failed ? 1 : 0;
