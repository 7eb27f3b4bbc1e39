//! Values: what a Lox variable, field or stack slot holds.
//!
//! Sixteen bytes: a tag, and a number or one `Gc`. Each kind of object has a
//! variant of its own, so that looking at a value's kind never touches the
//! object, and each object is as small as its kind allows.
//!
//! Most values that a program moves around are no objects. [`Clone`] and
//! [`Value::discard`] are written so that for those nothing is called.

use core::fmt;
use core::mem::ManuallyDrop;

use gcycle::{Gc, Trace};

use crate::number::Number;
use crate::object::{BoundMethod, Class, Closure, Instance, Native, Str};

/// A Lox value.
#[derive(Default, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) enum Value {
    /// `nil`.
    #[default]
    Nil,
    /// No value at all: a global before its definition, a field that was never
    /// set. Programs never get to see it.
    Absent,
    False,
    True,
    Number(Number),
    String(Gc<Str>),
    Closure(Gc<Closure>),
    Native(Gc<Native>),
    Class(Gc<Class>),
    Instance(Gc<Instance>),
    BoundMethod(Gc<BoundMethod>),
}

const _: () = assert!(size_of::<Value>() <= 16, "a tag and a number");

impl Value {
    /// Whether a condition counts the value as false: only `nil` and `false`.
    #[inline]
    pub(crate) fn is_falsey(&self) -> bool {
        matches!(self, Value::Nil | Value::False)
    }

    /// Whether there is no value.
    #[inline]
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Value::Absent)
    }

    #[inline]
    fn is_object(&self) -> bool {
        let plain = matches!(
            self,
            Value::Nil | Value::Absent | Value::False | Value::True | Value::Number(_)
        );
        !plain
    }

    /// Drops the value, which needs nothing unless it is an object.
    ///
    /// At the end of a scope the compiler would call a function to find out.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the call is what it saves")]
    pub(crate) fn discard(self) {
        let value = ManuallyDrop::new(self);
        if value.is_object() {
            drop_object(ManuallyDrop::into_inner(value));
        }
    }
}

#[inline(never)]
fn drop_object(object: Value) {
    drop(object);
}

impl Clone for Value {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most clones are a move of two words")]
    fn clone(&self) -> Value {
        match self {
            Value::Nil => Value::Nil,
            Value::Absent => Value::Absent,
            Value::False => Value::False,
            Value::True => Value::True,
            Value::Number(number) => Value::Number(*number),
            object => clone_object(object),
        }
    }
}

#[inline(never)]
fn clone_object(object: &Value) -> Value {
    match object {
        Value::String(string) => Value::String(string.clone()),
        Value::Closure(closure) => Value::Closure(closure.clone()),
        Value::Native(native) => Value::Native(native.clone()),
        Value::Class(class) => Value::Class(class.clone()),
        Value::Instance(instance) => Value::Instance(instance.clone()),
        Value::BoundMethod(bound) => Value::BoundMethod(bound.clone()),
        plain => plain.clone(),
    }
}

impl From<f64> for Value {
    #[inline]
    fn from(number: f64) -> Value {
        Value::Number(Number::new(number))
    }
}

impl From<bool> for Value {
    #[inline]
    fn from(truth: bool) -> Value {
        if truth { Value::True } else { Value::False }
    }
}

/// `==` of the language: strings by their letters, other objects by identity.
impl PartialEq for Value {
    #[inline]
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil)
            | (Value::False, Value::False)
            | (Value::True, Value::True) => true,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => Gc::ptr_eq(a, b) || a.text() == b.text(),
            (Value::Closure(a), Value::Closure(b)) => Gc::ptr_eq(a, b),
            (Value::Native(a), Value::Native(b)) => Gc::ptr_eq(a, b),
            (Value::Class(a), Value::Class(b)) => Gc::ptr_eq(a, b),
            (Value::Instance(a), Value::Instance(b)) => Gc::ptr_eq(a, b),
            (Value::BoundMethod(a), Value::BoundMethod(b)) => Gc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// What `print` writes.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil | Value::Absent => f.write_str("nil"),
            Value::False => f.write_str("false"),
            Value::True => f.write_str("true"),
            Value::Number(number) => write!(f, "{number}"),
            Value::String(string) => f.write_str(string.text()),
            Value::Closure(closure) => write!(f, "{}", closure.function()),
            Value::Native(_) => f.write_str("<native fn>"),
            Value::Class(class) => f.write_str(class.name()),
            Value::Instance(instance) => write!(f, "{} instance", instance.class().name()),
            Value::BoundMethod(bound) => write!(f, "{}", bound.method().function()),
        }
    }
}
