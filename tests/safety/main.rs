//! Nothing breaks it: what user code may do wrong, everywhere it runs.
//!
//! One file for each way of misbehaving. After each misdeed the heap must still
//! work: `assert_sound` makes a cycle, collects it, and counts what is left.

#![expect(
    clippy::manual_is_multiple_of,
    clippy::mem_forget,
    clippy::modulo_one,
    clippy::needless_for_each,
    clippy::similar_names,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users"
)]

mod borrowed;
mod depth;
mod exit;
mod frozen;
mod inside;
mod layout;
mod leaks;
mod mischief;
mod objects;
mod panics;
mod promises;
mod threads;
mod traces;
