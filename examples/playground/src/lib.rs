//! Lox in the browser.
//!
//! The interpreter is that of `examples/lox`, file by file; only [`natives`] is another one,
//! because a browser has another clock. This crate adds what a page needs: a [`Session`] that
//! runs programs, and functions that show the heap and steer its collector.
//!
//! Everything here runs in a worker. What happens while a program runs, output and
//! collections, goes to two functions that the worker provides; see [`host`].

#![forbid(unsafe_code)]

extern crate alloc;

#[path = "../../lox/chunk.rs"]
mod chunk;
#[path = "../../lox/compiler/mod.rs"]
mod compiler;
#[path = "../../lox/debug.rs"]
mod debug;
mod examples;
#[path = "../../lox/fuse.rs"]
mod fuse;
#[path = "../../lox/globals.rs"]
mod globals;
mod host;
mod log;
mod natives;
#[path = "../../lox/number.rs"]
mod number;
#[path = "../../lox/object/mod.rs"]
mod object;
#[path = "../../lox/outcome.rs"]
mod outcome;
mod output;
#[path = "../../lox/scanner.rs"]
mod scanner;
#[path = "../../lox/token.rs"]
mod token;
#[path = "../../lox/value.rs"]
mod value;
#[path = "../../lox/vm/mod.rs"]
mod vm;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use gcycle::gc;
use gcycle::inspect::{HeapSnapshot, HtmlPage};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::outcome::Outcome;
use crate::output::Output;
use crate::vm::{Vm, VmOptions};

/// Prepares a new instance of the module.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| host::show_output(true, &format!("{panic}\n"))));
    log::begin();
}

/// A Lox session: its globals stay from one program to the next.
#[wasm_bindgen]
pub struct Session {
    vm: Vm,
}

#[wasm_bindgen]
impl Session {
    /// A session without globals.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "the page calls it as a constructor")]
    pub fn new() -> Session {
        let output = Box::new(Output::new(false));
        let errors = Box::new(Output::new(true));
        Session { vm: Vm::new(output, errors, VmOptions::default()) }
    }

    /// Runs a program; says how it ended.
    pub fn run(&mut self, source: &str) -> String {
        let outcome = self.vm.interpret(source);
        log::show();
        let ended = match outcome {
            Ok(Outcome::Success) => "success",
            Ok(Outcome::CompileError) => "compile error",
            Ok(Outcome::RuntimeError) => "runtime error",
            Err(_) => "no output",
        };
        ended.into()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Runs a full collection; returns the number of objects that it freed.
#[wasm_bindgen]
pub fn collect() -> usize {
    let freed = gc::collect();
    log::show();
    freed
}

/// Sets when the generations are collected.
#[wasm_bindgen(js_name = setThresholds)]
pub fn set_thresholds(young: u32, middle: u32, old: u32) {
    gc::set_threshold(young, middle, old);
}

/// When the generations are collected, youngest first.
#[wasm_bindgen]
pub fn thresholds() -> Vec<u32> {
    let (young, middle, old) = gc::get_threshold();
    [young, middle, old].into()
}

/// The heap in numbers: objects, their bytes, bytes reserved, and the most that ever were.
// A module exports its memory as `memory`.
#[wasm_bindgen(js_name = heapMemory)]
pub fn memory() -> Vec<f64> {
    let memory = gc::memory();
    let numbers = [memory.objects, memory.live_bytes, memory.reserved_bytes, memory.peak_bytes];
    numbers.map(number).into()
}

/// What the collections of each generation did, youngest first: how many there were, the
/// candidates and objects that they examined, the objects that they freed, and in milliseconds
/// their total time and the longest pause.
#[wasm_bindgen]
pub fn statistics() -> Vec<f64> {
    let stats = gc::get_stats();
    let row = |stats: &gc::GenerationStats| {
        let counts = [stats.collections, stats.candidates, stats.traced, stats.collected];
        let times = [stats.duration, stats.max_pause].map(milliseconds);
        counts.map(number).into_iter().chain(times)
    };
    stats.iter().flat_map(row).collect()
}

/// The page of `gcycle::inspect`: what is in the heap, and why.
///
/// # Panics
///
/// Never: a vector takes everything that is written to it.
#[wasm_bindgen(js_name = heapPage)]
pub fn heap_page(title: &str) -> Vec<u8> {
    let mut page = Vec::new();
    let snapshot = HeapSnapshot::capture();
    snapshot.to_html(&HtmlPage::new(title), &mut page).expect("a vector takes everything");
    page
}

/// The programs of the menu: the title and the text of each, one after the other.
#[wasm_bindgen]
pub fn examples() -> Vec<String> {
    examples::EXAMPLES.iter().flatten().map(|&text| text.into()).collect()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A count as JavaScript has it. What counts beyond 32 bits is not needed here.
fn number(count: impl TryInto<u32>) -> f64 {
    f64::from(count.try_into().unwrap_or(u32::MAX))
}
