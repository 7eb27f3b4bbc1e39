//! Variables: which of the locals, upvalues and globals a name means.

use alloc::vec::Vec;
use core::mem;

use gcycle::Gc;

use crate::chunk::{Chunk, Op};
use crate::compiler::Compiler;
use crate::fuse::{LocalAssignment, fuse};
use crate::object::{Capture, Function, Name};

/// What is being compiled as a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionKind {
    Script,
    Function,
    Method,
    Initializer,
}

/// A function that is being compiled.
pub(super) struct FunctionState<'src> {
    pub(super) kind: FunctionKind,
    name: Option<Name>,
    pub(super) arity: u8,
    pub(super) chunk: Chunk,
    /// How long the code is in the book's bytecode.
    pub(super) bytes: usize,
    /// The assignments to properties of locals.
    pub(super) assignments: Vec<LocalAssignment>,
    locals: Vec<Local<'src>>,
    captures: Vec<Capture>,
    /// How many blocks are open; globals are declared at depth 0.
    scope_depth: u32,
}

/// A local variable; its index in the list is its slot at run time.
struct Local<'src> {
    name: &'src str,
    /// The depth of its scope; `None` while its initializer is compiled.
    depth: Option<u32>,
    is_captured: bool,
}

impl FunctionState<'_> {
    /// A function without code.
    pub(super) fn new(kind: FunctionKind, name: Option<Name>) -> Self {
        // Slot 0 holds the receiver of a method, and nothing a program can name
        // in other functions.
        let receiver = if kind == FunctionKind::Function { "" } else { "this" };
        FunctionState {
            kind,
            name,
            arity: 0,
            chunk: Chunk::default(),
            bytes: 0,
            assignments: Vec::new(),
            locals: Vec::from([Local { name: receiver, depth: Some(0), is_captured: false }]),
            captures: Vec::new(),
            scope_depth: 0,
        }
    }

    /// Whether this is a method called `init`.
    pub(super) fn is_initializer(&self) -> bool {
        self.kind == FunctionKind::Initializer
    }

    /// Whether declarations make globals here.
    pub(super) fn is_global_scope(&self) -> bool {
        self.scope_depth == 0
    }

    /// The slot of the innermost local called `name`, and whether it can be read
    /// already.
    fn find_local(&self, name: &str) -> Option<(u8, bool)> {
        let slot = self.locals.iter().rposition(|local| local.name == name)?;
        Some((u8::try_from(slot).unwrap_or(0), self.locals[slot].depth.is_some()))
    }
}

/// What a name means, with the operand of the instructions that use it.
#[derive(Clone, Copy)]
pub(super) enum Variable {
    Local(u8),
    Upvalue(u8),
    Global { name: u8, global: u32 },
}

impl<'src> Compiler<'src, '_> {
    const MAX_LOCALS: usize = 256;
    const MAX_UPVALUES: usize = 256;

    /// Turns to a function inside the current one.
    pub(super) fn begin_function(&mut self, kind: FunctionKind, name: Name) {
        let enclosing = mem::replace(&mut self.function, FunctionState::new(kind, Some(name)));
        self.enclosing.push(enclosing);
        self.begin_scope();
    }

    /// Completes the current function and returns to the one around it.
    pub(super) fn finish_function(&mut self) -> Gc<Function> {
        self.emit_return();
        let enclosing = self.enclosing.pop();
        let outer = enclosing.unwrap_or_else(|| FunctionState::new(FunctionKind::Script, None));
        let done = mem::replace(&mut self.function, outer);
        let chunk = if self.fuses { fuse(done.chunk, &done.assignments) } else { done.chunk };
        Gc::new(Function {
            name: done.name,
            arity: done.arity,
            captures: done.captures.into_boxed_slice(),
            chunk,
        })
    }

    /// Opens a block.
    pub(super) fn begin_scope(&mut self) {
        self.function.scope_depth += 1;
    }

    /// Closes a block: its locals leave the stack, captured ones for the heap.
    pub(super) fn end_scope(&mut self) {
        self.function.scope_depth -= 1;
        let depth = self.function.scope_depth;
        while let Some(local) = self.function.locals.pop_if(|local| local.depth > Some(depth)) {
            self.emit(if local.is_captured { Op::CloseUpvalue } else { Op::Pop });
        }
    }

    /// Declares the variable that the previous token names; a global needs no
    /// declaration.
    pub(super) fn declare_variable(&mut self) {
        if self.function.is_global_scope() {
            return;
        }
        let name = self.parser.previous.text;
        let depth = self.function.scope_depth;
        let in_scope = |local: &&Local<'_>| local.depth.is_none_or(|of_local| of_local >= depth);
        let mut scope = self.function.locals.iter().rev().take_while(in_scope);
        if scope.any(|local| local.name == name) {
            self.parser.error("Already a variable with this name in this scope.");
        }
        self.add_local(name);
    }

    /// Adds a local that cannot be read before
    /// [`mark_initialized`](Self::mark_initialized).
    pub(super) fn add_local(&mut self, name: &'src str) {
        if self.function.locals.len() == Self::MAX_LOCALS {
            self.parser.error("Too many local variables in function.");
            return;
        }
        self.function.locals.push(Local { name, depth: None, is_captured: false });
    }

    /// The newest local can be read from here on.
    pub(super) fn mark_initialized(&mut self) {
        let depth = self.function.scope_depth;
        if depth > 0
            && let Some(local) = self.function.locals.last_mut()
        {
            local.depth = Some(depth);
        }
    }

    /// What `name` means at the current position.
    pub(super) fn resolve(&mut self, name: &str) -> Variable {
        if let Some((slot, is_initialized)) = self.function.find_local(name) {
            self.check_initialized(is_initialized);
            return Variable::Local(slot);
        }
        if let Some(index) = self.resolve_upvalue(self.enclosing.len(), name) {
            return Variable::Upvalue(index);
        }
        self.global(Name::new(name))
    }

    /// The global called `name`.
    pub(super) fn global(&mut self, name: Name) -> Variable {
        let global = self.globals.slot(&name);
        Variable::Global { name: self.name_constant(name), global }
    }

    fn check_initialized(&mut self, is_initialized: bool) {
        if !is_initialized {
            self.parser.error("Can't read local variable in its own initializer.");
        }
    }

    /// The function at `level`: the outermost is 0, the current one the last.
    fn function_at(&mut self, level: usize) -> &mut FunctionState<'src> {
        match self.enclosing.get_mut(level) {
            Some(function) => function,
            None => &mut self.function,
        }
    }

    /// The upvalue through which the function at `level` reaches the variable
    /// `name` of a function around it.
    fn resolve_upvalue(&mut self, level: usize, name: &str) -> Option<u8> {
        let outer = level.checked_sub(1)?;
        if let Some((slot, is_initialized)) = self.function_at(outer).find_local(name) {
            self.check_initialized(is_initialized);
            self.function_at(outer).locals[usize::from(slot)].is_captured = true;
            return Some(self.add_capture(level, Capture::Local(slot)));
        }
        let index = self.resolve_upvalue(outer, name)?;
        Some(self.add_capture(level, Capture::Upvalue(index)))
    }

    fn add_capture(&mut self, level: usize, capture: Capture) -> u8 {
        let captures = &mut self.function_at(level).captures;
        let index = captures.iter().position(|&known| known == capture).unwrap_or_else(|| {
            captures.push(capture);
            captures.len() - 1
        });
        if index >= Self::MAX_UPVALUES {
            self.parser.error("Too many closure variables in function.");
        }
        u8::try_from(index).unwrap_or(0)
    }
}
