//! Functions as the compiler leaves them, and the objects that make them
//! callable: closures with their upvalues, bound methods, natives.

use alloc::boxed::Box;
use core::cell::{Cell, RefCell};
use core::fmt;

use gcycle::{Gc, Trace};

use crate::chunk::Chunk;
use crate::object::{Instance, Name};
use crate::value::Value;

/// A compiled function, method or script.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Function {
    /// The name in the program; the script has none.
    pub(crate) name: Option<Name>,
    /// The number of parameters.
    pub(crate) arity: u8,
    /// What a closure of this function takes along from where it is made.
    #[trace(skip)]
    pub(crate) captures: Box<[Capture]>,
    /// The instructions and what they refer to.
    pub(crate) chunk: Chunk,
}

/// Which variable of the surrounding function a closure captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    /// The local in this slot of the surrounding function.
    Local(u8),
    /// The upvalue with this index of the surrounding closure.
    Upvalue(u8),
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "<fn {}>", &**name),
            None => f.write_str("<script>"),
        }
    }
}

/// A function together with the variables it captured.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Closure {
    function: Gc<Function>,
    upvalues: Box<[Gc<Upvalue>]>,
}

impl Closure {
    /// `function` with one upvalue for each of its captures.
    pub(crate) fn new(function: Gc<Function>, upvalues: Box<[Gc<Upvalue>]>) -> Gc<Closure> {
        Gc::new(Closure { function, upvalues })
    }

    /// The code.
    #[inline]
    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    /// The captured variables.
    #[inline]
    pub(crate) fn upvalues(&self) -> &[Gc<Upvalue>] {
        &self.upvalues
    }
}

/// A captured variable.
///
/// While the call that declared it runs, the variable lives on the stack and
/// the upvalue knows where ("open"); then the value moves in here ("closed").
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Upvalue {
    #[trace(skip)]
    slot: Cell<Option<usize>>,
    value: RefCell<Value>,
}

impl Upvalue {
    /// The variable in `slot` of the stack.
    pub(crate) fn open(slot: usize) -> Gc<Upvalue> {
        Gc::new(Upvalue { slot: Cell::new(Some(slot)), value: RefCell::default() })
    }

    /// Where on the stack the variable is; `None` once it is closed.
    #[inline]
    pub(crate) fn slot(&self) -> Option<usize> {
        self.slot.get()
    }

    /// Moves the variable off the stack.
    pub(crate) fn close(&self, value: Value) {
        self.slot.set(None);
        self.value.replace(value);
    }

    /// The value of the closed variable.
    #[inline]
    pub(crate) fn get(&self) -> Value {
        self.value.borrow().clone()
    }

    /// Assigns to the closed variable.
    #[inline]
    pub(crate) fn set(&self, value: Value) {
        self.value.replace(value);
    }
}

/// A method taken from an instance without calling it.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct BoundMethod {
    receiver: Gc<Instance>,
    method: Gc<Closure>,
}

impl BoundMethod {
    /// `method` with `receiver` as its `this`.
    pub(crate) fn new(receiver: Gc<Instance>, method: Gc<Closure>) -> Gc<BoundMethod> {
        Gc::new(BoundMethod { receiver, method })
    }

    /// What `this` is.
    pub(crate) fn receiver(&self) -> &Gc<Instance> {
        &self.receiver
    }

    /// What is called.
    pub(crate) fn method(&self) -> &Gc<Closure> {
        &self.method
    }
}

/// A function written in Rust.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Native {
    #[trace(skip)]
    call: fn(&[Value]) -> Value,
}

impl Native {
    /// The object that calls `call`.
    pub(crate) fn new(call: fn(&[Value]) -> Value) -> Gc<Native> {
        Gc::new(Native { call })
    }

    /// Calls it.
    pub(crate) fn call(&self, arguments: &[Value]) -> Value {
        (self.call)(arguments)
    }
}
