//! Chunks: the instructions of one function, and what they refer to.
//!
//! An instruction is eight bytes with its operands in place, so that decoding
//! it is one load. The compiler emits those of the first part, which are the
//! book's; [`fuse`](crate::fuse) then replaces frequent sequences by one
//! instruction of the second part, which does the same with less traffic on the
//! stack and fewer handles counted up and down.

use alloc::vec::Vec;

use gcycle::{Gc, Trace};

use crate::object::{Function, Name, PropertySite};
use crate::value::Value;

/// An instruction.
///
/// Operands: `slot` counts from the first local of the running function, `global`
/// indexes the globals, `target` the instructions; the others index the pools
/// of the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Op {
    Constant(u8),
    Nil,
    True,
    False,
    Pop,
    GetLocal(u8),
    SetLocal(u8),
    GetGlobal {
        name: u8,
        global: u32,
    },
    DefineGlobal {
        name: u8,
        global: u32,
    },
    SetGlobal {
        name: u8,
        global: u32,
    },
    GetUpvalue(u8),
    SetUpvalue(u8),
    GetProperty(u8),
    SetProperty(u8),
    GetSuper(u8),
    Equal,
    Greater,
    Less,
    Add,
    Subtract,
    Multiply,
    Divide,
    Not,
    Negate,
    Print,
    Jump(u32),
    JumpIfFalse(u32),
    Loop(u32),
    Call(u8),
    Invoke {
        site: u8,
        arguments: u8,
    },
    SuperInvoke {
        name: u8,
        arguments: u8,
    },
    Closure(u8),
    CloseUpvalue,
    Return,
    Class(u8),
    Inherit,
    Method(u8),

    // What `fuse` makes of them.
    /// `JumpIfFalse`, and `Pop` on both ways.
    PopJumpIfFalse(u32),
    /// A comparison, perhaps `Not`, and `PopJumpIfFalse`.
    JumpUnless {
        test: Test,
        target: u32,
    },
    /// The same of a local and a constant.
    JumpUnlessLocalConstant {
        test: Test,
        slot: u8,
        constant: u8,
        target: u32,
    },
    /// The same of two locals.
    JumpUnlessLocals {
        test: Test,
        left: u8,
        right: u8,
        target: u32,
    },
    /// `GetLocal`, `Constant`, `Add`.
    AddLocalConstant {
        slot: u8,
        constant: u8,
    },
    /// `GetLocal`, `Constant`, `Subtract`.
    SubtractLocalConstant {
        slot: u8,
        constant: u8,
    },
    /// `Constant`, `Add`.
    AddConstant(u8),
    /// `Constant`, `Subtract`.
    SubtractConstant(u8),
    /// `SetLocal`, `Pop`.
    StoreLocal(u8),
    /// `SetGlobal`, `Pop`.
    StoreGlobal {
        name: u8,
        global: u32,
    },
    /// `SetProperty`, `Pop`.
    StoreProperty(u8),
    /// `GetLocal`, the value, `SetProperty`.
    SetLocalProperty {
        slot: u8,
        site: u8,
    },
    /// `SetLocalProperty`, `Pop`.
    StoreLocalProperty {
        slot: u8,
        site: u8,
    },
    /// `GetGlobal`, `GetProperty`.
    GetGlobalProperty {
        name: u8,
        site: u8,
        global: u32,
    },
    /// `GetLocal`, `GetProperty`.
    GetLocalProperty {
        slot: u8,
        site: u8,
    },
    /// `GetLocal`, `Return`.
    ReturnLocal(u8),
    /// `GetLocal`, `GetProperty`, `Return`.
    ReturnProperty {
        slot: u8,
        site: u8,
    },
}

const _: () = assert!(size_of::<Op>() == 8, "an instruction is one word");

/// A comparison whose outcome decides a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Equal,
    NotEqual,
    Less,
    NotLess,
    Greater,
    NotGreater,
}

impl Op {
    /// The instruction's length in the bytecode of the book's implementation,
    /// whose limits on jumps are in bytes.
    ///
    /// `captures` is how many variables the function of a `Closure` captures.
    pub(crate) fn encoded_length(self, captures: usize) -> usize {
        match self {
            Op::Jump(_)
            | Op::JumpIfFalse(_)
            | Op::Loop(_)
            | Op::Invoke { .. }
            | Op::SuperInvoke { .. } => 3,
            Op::Closure(_) => 2 + 2 * captures,
            Op::Constant(_)
            | Op::GetLocal(_)
            | Op::SetLocal(_)
            | Op::GetGlobal { .. }
            | Op::DefineGlobal { .. }
            | Op::SetGlobal { .. }
            | Op::GetUpvalue(_)
            | Op::SetUpvalue(_)
            | Op::GetProperty(_)
            | Op::SetProperty(_)
            | Op::GetSuper(_)
            | Op::Call(_)
            | Op::Class(_)
            | Op::Method(_) => 2,
            _ => 1,
        }
    }

    /// Where the instruction may continue other than with the next one.
    pub(crate) fn target(&mut self) -> Option<&mut u32> {
        match self {
            Op::Jump(target)
            | Op::JumpIfFalse(target)
            | Op::Loop(target)
            | Op::PopJumpIfFalse(target)
            | Op::JumpUnless { target, .. }
            | Op::JumpUnlessLocalConstant { target, .. }
            | Op::JumpUnlessLocals { target, .. } => Some(target),
            _ => None,
        }
    }
}

/// The instructions of a function and what they refer to.
#[derive(Default, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Chunk {
    /// The instructions.
    #[trace(skip)]
    pub(crate) code: Vec<Op>,
    /// The line each instruction comes from.
    #[trace(skip)]
    pub(crate) lines: Vec<u32>,
    /// Numbers and strings.
    pub(crate) constants: Vec<Value>,
    /// Names of globals, classes and methods.
    pub(crate) names: Vec<Name>,
    /// The functions declared inside this one.
    pub(crate) functions: Vec<Gc<Function>>,
    /// The places that use a property.
    pub(crate) sites: Vec<PropertySite>,
}

impl Chunk {
    /// Appends an instruction from `line`; returns its index.
    pub(crate) fn push(&mut self, op: Op, line: u32) -> usize {
        self.code.push(op);
        self.lines.push(line);
        self.code.len() - 1
    }

    /// How many entries the pools have together; the limit is on the sum, as if
    /// they were one.
    pub(crate) fn constant_count(&self) -> usize {
        self.constants.len() + self.names.len() + self.functions.len() + self.sites.len()
    }
}
