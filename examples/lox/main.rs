//! Lox, the language of Robert Nystrom's "Crafting Interpreters", on gcycle.
//!
//! ```text
//!   cargo run --release --example lox                      a prompt
//!   cargo run --release --example lox -- script.lox        a program
//!   cargo run --release --example lox -- --help            and what else
//! ```
//!
//! The pieces, from the text of a program to its effects:
//!
//! ```text
//!   scanner -> compiler -> fuse -> vm
//!    token      chunk              object, value, globals, natives
//! ```
//!
//! Every object a program makes is a `Gc` (see [`object`]), so a program that
//! makes cycles, which in Lox is any program with closures or fields, runs in
//! constant memory without an `unsafe` line here. `README.md` in this folder
//! shows it.

#![forbid(unsafe_code)]

extern crate alloc;

mod chunk;
mod collector;
mod compiler;
mod debug;
mod fuse;
mod globals;
mod natives;
mod number;
mod object;
mod options;
mod outcome;
mod repl;
mod scanner;
mod token;
mod value;
mod vm;

use core::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use crate::options::Options;
use crate::repl::run_prompt;
use crate::vm::Vm;

/// The exit codes of BSD's `sysexits.h`, which the book uses.
const USAGE: u8 = 64;
const INPUT_OUTPUT: u8 = 74;

fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(options) => options,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { 0 };
            return error.print().map_or(INPUT_OUTPUT, |()| code).into();
        }
    };
    match run(&options) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where this fails too, there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{error}");
            INPUT_OUTPUT.into()
        }
    }
}

fn run(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    options.collector.prepare();
    let start = Instant::now();
    let output = BufWriter::new(io::stdout());
    let mut vm = Vm::new(Box::new(output), Box::new(io::stderr()), options.vm);
    let code = match &options.script {
        Some(path) => vm.interpret(&read_script(path)?)?.into(),
        None => run_prompt(&mut vm).map(|()| ExitCode::SUCCESS)?,
    };
    options.collector.report(&title(options), start.elapsed())?;
    Ok(code)
}

/// What the page of the heap is called.
fn title(options: &Options) -> String {
    let script = options.script.as_deref().and_then(Path::file_name);
    script.map_or_else(|| String::from("Lox session"), |name| name.display().to_string())
}

fn read_script(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path);
    let bytes = bytes.map_err(|_| format!("Could not open file \"{}\".", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
