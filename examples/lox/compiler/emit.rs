//! Writing instructions into the chunk of the current function.
//!
//! Jumps forward are written before their target is known and patched when it
//! is. The limits are those of the book's bytecode, though the instructions here
//! are of another form: 256 constants a function, 65,535 bytes a jump.

use gcycle::Gc;

use crate::chunk::Op;
use crate::compiler::Compiler;
use crate::object::{Function, Name, PropertySite};
use crate::value::Value;

/// A position in the code: which instruction, and at which byte of the book's
/// bytecode.
#[derive(Clone, Copy)]
pub(super) struct Position {
    index: usize,
    byte: usize,
}

impl Compiler<'_, '_> {
    const MAX_CONSTANTS: usize = 256;
    const MAX_JUMP: usize = 0xffff;

    /// Appends an instruction.
    pub(super) fn emit(&mut self, op: Op) {
        let captures = self.captures_of(op);
        self.function.bytes += op.encoded_length(captures);
        self.function.chunk.push(op, self.parser.previous.line);
    }

    fn captures_of(&self, op: Op) -> usize {
        match op {
            Op::Closure(index) => self
                .function
                .chunk
                .functions
                .get(usize::from(index))
                .map_or(0, |f| f.captures.len()),
            _ => 0,
        }
    }

    /// Where the next instruction will be.
    pub(super) fn position(&self) -> Position {
        Position { index: self.function.chunk.code.len(), byte: self.function.bytes }
    }

    /// Appends a jump whose target is not known yet; returns where it ends.
    pub(super) fn emit_jump(&mut self, jump: fn(u32) -> Op) -> Position {
        self.emit(jump(u32::MAX));
        self.position()
    }

    /// Makes the jump that ends at `jump` lead to the next instruction.
    pub(super) fn patch_jump(&mut self, jump: Position) {
        let here = self.position();
        if here.byte - jump.byte > Self::MAX_JUMP {
            self.parser.error("Too much code to jump over.");
        }
        if let Some(target) = self.function.chunk.code[jump.index - 1].target() {
            *target = index_operand(here.index);
        }
    }

    /// Appends a jump back to `start`.
    pub(super) fn emit_loop(&mut self, start: Position) {
        self.emit(Op::Loop(index_operand(start.index)));
        if self.function.bytes - start.byte > Self::MAX_JUMP {
            self.parser.error("Loop body too large.");
        }
    }

    /// Appends what a function does that ends without `return`.
    pub(super) fn emit_return(&mut self) {
        let result = if self.function.is_initializer() { Op::GetLocal(0) } else { Op::Nil };
        self.emit(result);
        self.emit(Op::Return);
    }

    /// Appends an instruction that pushes `value`.
    pub(super) fn emit_constant(&mut self, value: Value) {
        let index = self.pool_index(self.function.chunk.constants.len());
        self.function.chunk.constants.push(value);
        self.emit(Op::Constant(index));
    }

    /// Puts `name` in the pool.
    pub(super) fn name_constant(&mut self, name: Name) -> u8 {
        let index = self.pool_index(self.function.chunk.names.len());
        self.function.chunk.names.push(name);
        index
    }

    /// Puts a place that uses the property `name` in the pool.
    pub(super) fn property_site(&mut self, name: Name) -> u8 {
        let index = self.pool_index(self.function.chunk.sites.len());
        self.function.chunk.sites.push(PropertySite::new(name));
        index
    }

    /// Puts `function` in the pool.
    pub(super) fn function_constant(&mut self, function: Gc<Function>) -> u8 {
        let index = self.pool_index(self.function.chunk.functions.len());
        self.function.chunk.functions.push(function);
        index
    }

    /// `length`, the index of a new entry in one of the pools, as an operand.
    fn pool_index(&mut self, length: usize) -> u8 {
        if self.function.chunk.constant_count() >= Self::MAX_CONSTANTS {
            self.parser.error("Too many constants in one chunk.");
        }
        u8::try_from(length).unwrap_or(0)
    }
}

fn index_operand(index: usize) -> u32 {
    u32::try_from(index).expect("a function has fewer than 2^32 instructions")
}
