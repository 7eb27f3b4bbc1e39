//! The virtual machine: a stack of values, a stack of calls, the globals.
//!
//! ```text
//!   run        the loop that executes instructions
//!   call       calls, returns, methods, closures and their upvalues
//!   property   fields and methods by name
//!   arithmetic numbers, strings, comparisons
//!   error      what can go wrong
//! ```
//!
//! The machine need not be an object of the heap: its stacks hold handles like any Rust
//! program, so what they hold is reachable by its count, and a collection needs
//! no list of roots. It derives `Trace` so that it can be the root of an isolate, which goes
//! from thread to thread; see `workers.rs`. Values are moved rather than cloned wherever the stack would
//! drop its copy next, since every clone costs a count up and a count down.

#![expect(
    clippy::inline_always,
    reason = "each of these methods is an arm of the loop in `run`; as calls they cost a fifth"
)]

mod arithmetic;
mod call;
mod error;
mod property;
mod run;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;
use std::io::{self, Write};

use gcycle::{Gc, Trace};

use crate::compiler::compile;
use crate::globals::Globals;
use crate::natives::define_natives;
use crate::object::{Closure, Function, Upvalue};
use crate::outcome::Outcome;
use crate::value::Value;
use crate::vm::error::{ErrorKind, RuntimeError};

/// Where a session prints to, or reports errors. It goes where the session goes.
type Output = Box<dyn Write + Send>;

/// A call that has begun and not ended.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
struct Frame {
    /// What runs.
    closure: Gc<Closure>,
    /// The next instruction.
    next: usize,
    /// Where the locals begin on the stack.
    base: usize,
}

/// A Lox session.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Vm {
    stack: Vec<Value>,
    /// The calls around the running one, innermost last.
    frames: Vec<Frame>,
    globals: Globals,
    /// The captured variables that are still on the stack, by slot, ascending.
    open_upvalues: Vec<Gc<Upvalue>>,
    #[trace(skip)]
    output: Output,
    #[trace(skip)]
    errors: Output,
    #[trace(skip)]
    options: VmOptions,
}

/// How programs are compiled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VmOptions {
    /// Print the instructions of every program before it runs.
    pub(crate) shows_code: bool,
    /// Run the instructions of the book, unfused.
    pub(crate) is_plain: bool,
}

impl Vm {
    /// How many calls may be open at once.
    ///
    /// The book's implementation stops at 64. Calls cost no Rust stack here, so
    /// the limit only has to stop what would not end.
    const MAX_FRAMES: usize = 1024;

    /// A session that prints to `output` and reports errors to `errors`.
    pub(crate) fn new(output: Output, errors: Output, options: VmOptions) -> Self {
        let mut globals = Globals::default();
        define_natives(&mut globals);
        Vm {
            stack: Vec::new(),
            frames: Vec::new(),
            globals,
            open_upvalues: Vec::new(),
            output,
            errors,
            options,
        }
    }

    /// Compiles and runs a program.
    ///
    /// # Errors
    ///
    /// Fails if output cannot be written; errors in the program are printed and
    /// part of the outcome.
    pub(crate) fn interpret(&mut self, source: &str) -> io::Result<Outcome> {
        let outcome = match compile(source, &mut self.globals, !self.options.is_plain) {
            Ok(script) => self.run_script(script)?,
            Err(messages) => {
                for message in messages {
                    writeln!(self.errors, "{message}")?;
                }
                Outcome::CompileError
            }
        };
        self.output.flush()?;
        Ok(outcome)
    }

    fn run_script(&mut self, script: Gc<Function>) -> io::Result<Outcome> {
        if self.options.shows_code {
            crate::debug::write_code(&mut self.output, &script)?;
        }
        let closure = Closure::new(script, Box::default());
        self.stack.push(Value::Nil);
        let Err(error) = self.run(closure) else {
            return Ok(Outcome::Success);
        };
        self.report(error)?;
        Ok(Outcome::RuntimeError)
    }

    /// Prints `error` with the calls that led to it, and forgets them.
    fn report(&mut self, error: RuntimeError) -> io::Result<()> {
        let frames = mem::take(&mut self.frames);
        // What is left of the calls may still be used at the prompt.
        self.end_call(0);
        self.output.flush()?;
        if let ErrorKind::Output(error) = *error.kind {
            return Err(error);
        }
        writeln!(self.errors, "{}", error.kind)?;
        for frame in frames.iter().rev() {
            let function = frame.closure.function();
            // `next` is already past the instruction that failed or called.
            let line = function.chunk.lines[frame.next - 1];
            match &function.name {
                Some(name) => writeln!(self.errors, "[line {line}] in {}()", &**name)?,
                None => writeln!(self.errors, "[line {line}] in script")?,
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// Takes the topmost value; the compiler sees to it that there is one.
    #[inline(always)]
    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    /// The topmost value.
    #[inline(always)]
    fn top(&self) -> &Value {
        self.stack.last().unwrap_or(&Value::Nil)
    }

    #[inline(always)]
    fn set_slot(&mut self, slot: usize, value: Value) {
        mem::replace(&mut self.stack[slot], value).discard();
    }
}
