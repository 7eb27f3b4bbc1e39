//! Heaps that are values. An [`Isolate`](handle::Isolate) is entered like a room: what is made
//! inside lies in its heap. It can be [detached](handle::Isolate::detach), and goes to another
//! thread then.
//!
//! Invariant of this room: nobody but the isolate refers to anything in a heap that is detached
//! (I13 in `docs/safety.md`), so that it is the business of whichever thread has it.

mod check;
pub(crate) mod detached;
pub(crate) mod escape;
pub(crate) mod handle;
mod ways;
