//! CPython's own tests of its garbage collector, its finalizers and its weak
//! references, held against this library.
//!
//! Every test is named after the case of CPython's `test_gc`,
//! `test_finalization` or `test_weakref` whose assertions it translates.
//! `docs/conformance.md` has a row for each case: what passes, in which part,
//! or why it cannot exist in Rust; `table` holds the page and the tests to each
//! other. `numbers` runs small programs whose answers were recorded from the
//! real CPython.
//!
//! The cases were written anew from what they assert. Each runs on a thread of
//! its own, and so on a heap of its own.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests are programs like those of the users"
)]

mod cases;
mod child;
mod gc_module;
mod numbers;
mod objects;
mod order;
// Starts a process and reads a page; runs no code of the library.
#[cfg(not(miri))]
mod table;
mod test_finalization;
mod test_gc;
mod test_weakref;
mod weak_dictionary;
