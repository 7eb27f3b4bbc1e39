//! The objects of a running program, each kind a type of its own that derives
//! `Trace`.
//!
//! ```text
//!   Value --> Str ----------> str (shared with the intern table)
//!         --> Native
//!         --> Closure ------> Function --> nested Functions, constant Values
//!                     `-----> Upvalue ---> Value
//!         --> Class --------> methods: Closures
//!         --> Instance -----> Class
//!                     `-----> fields: Values
//!         --> BoundMethod --> Instance, Closure
//! ```
//!
//! Cycles arise through upvalues (a closure that captured the variable it is
//! stored in) and through fields (anything at all). Nothing here knows about
//! them: that is what the collector is for.

mod class;
mod function;
mod string;

pub(crate) use class::{Class, Instance, Member, PropertySite};
pub(crate) use function::{BoundMethod, Capture, Closure, Function, Native, Upvalue};
pub(crate) use string::{Name, Str};
