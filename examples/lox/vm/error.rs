//! What can go wrong while a program runs, in the words of the book.

use alloc::boxed::Box;
use core::fmt;
use std::io;

use crate::object::Name;

/// An error at run time.
///
/// One word, so that the result of an instruction costs no more than its value.
pub(super) struct RuntimeError {
    pub(super) kind: Box<ErrorKind>,
}

/// What went wrong.
pub(super) enum ErrorKind {
    OperandsNotNumbers,
    OperandNotNumber,
    OperandsNotAddable,
    UndefinedVariable(Name),
    UndefinedProperty(Name),
    NotCallable,
    WrongArgumentCount {
        expected: u8,
        given: u8,
    },
    StackOverflow,
    NoProperties,
    NoFields,
    NoMethods,
    SuperclassNotClass,
    /// The program's output could not be written.
    Output(io::Error),
}

impl From<ErrorKind> for RuntimeError {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        RuntimeError { kind: Box::new(kind) }
    }
}

impl From<io::Error> for RuntimeError {
    fn from(error: io::Error) -> Self {
        ErrorKind::Output(error).into()
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self {
            ErrorKind::OperandsNotNumbers => "Operands must be numbers.",
            ErrorKind::OperandNotNumber => "Operand must be a number.",
            ErrorKind::OperandsNotAddable => "Operands must be two numbers or two strings.",
            ErrorKind::UndefinedVariable(name) => {
                return write!(f, "Undefined variable '{}'.", &**name);
            }
            ErrorKind::UndefinedProperty(name) => {
                return write!(f, "Undefined property '{}'.", &**name);
            }
            ErrorKind::NotCallable => "Can only call functions and classes.",
            ErrorKind::WrongArgumentCount { expected, given } => {
                return write!(f, "Expected {expected} arguments but got {given}.");
            }
            ErrorKind::StackOverflow => "Stack overflow.",
            ErrorKind::NoProperties => "Only instances have properties.",
            ErrorKind::NoFields => "Only instances have fields.",
            ErrorKind::NoMethods => "Only instances have methods.",
            ErrorKind::SuperclassNotClass => "Superclass must be a class.",
            ErrorKind::Output(error) => return write!(f, "{error}"),
        };
        f.write_str(message)
    }
}
