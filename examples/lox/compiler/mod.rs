//! The compiler: one pass from tokens to instructions, as in the book.
//!
//! ```text
//!   parser      the current and the previous token, errors, recovery
//!   emit        instructions, constants, jumps
//!   scope       locals, upvalues, globals
//!   expression  a Pratt parser
//!   statement   statements, declarations, functions
//!   class       classes and their methods
//! ```
//!
//! Each file adds methods to [`Compiler`]. Functions that are being compiled lie
//! on a stack, the innermost last; so do the classes around them.

mod class;
mod emit;
mod expression;
mod parser;
mod scope;
mod statement;

use alloc::string::String;
use alloc::vec::Vec;

use gcycle::Gc;

use crate::compiler::class::ClassState;
use crate::compiler::parser::Parser;
use crate::compiler::scope::{FunctionKind, FunctionState};
use crate::globals::Globals;
use crate::object::{Function, Name};

/// Compiles a program to the function that runs it.
///
/// With `fuses`, what the code does is done in fewer instructions. Each error is
/// a line of text, as it is to be printed.
pub(crate) fn compile(
    source: &str,
    globals: &mut Globals,
    fuses: bool,
) -> Result<Gc<Function>, Vec<String>> {
    let mut compiler = Compiler {
        parser: Parser::new(source),
        function: FunctionState::new(FunctionKind::Script, None),
        enclosing: Vec::new(),
        classes: Vec::new(),
        globals,
        fuses,
        nesting: 0,
    };
    compiler.program();
    let function = compiler.finish_function();
    if compiler.parser.errors.is_empty() { Ok(function) } else { Err(compiler.parser.errors) }
}

/// A program that is being compiled.
struct Compiler<'src, 'vm> {
    parser: Parser<'src>,
    /// The function being compiled.
    function: FunctionState<'src>,
    /// The functions around it, innermost last.
    enclosing: Vec<FunctionState<'src>>,
    /// The classes around the current position, innermost last.
    classes: Vec<ClassState>,
    globals: &'vm mut Globals,
    fuses: bool,
    /// How many expressions and statements are open around the current token.
    nesting: usize,
}

impl Compiler<'_, '_> {
    /// How deep expressions and statements may nest: each level is a handful of
    /// Rust calls, and the stack of those is limited.
    const MAX_NESTING: usize = 1000;

    fn program(&mut self) {
        self.parser.advance();
        while !self.parser.is_at_end() {
            self.declaration();
        }
    }

    /// Runs `parse` one level deeper, unless that is too deep.
    fn nested(&mut self, parse: impl FnOnce(&mut Self)) {
        if self.nesting == Self::MAX_NESTING {
            self.parser.error_at_current("Too much nesting.");
            self.parser.skip_to_end();
            return;
        }
        self.nesting += 1;
        parse(self);
        self.nesting -= 1;
    }

    /// The name that the previous token is.
    fn previous_name(&self) -> Name {
        Name::new(self.parser.previous.text)
    }
}
