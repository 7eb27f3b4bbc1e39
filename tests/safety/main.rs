//! Nothing breaks it: what user code may do wrong, everywhere it runs.
//!
//! One file for each way of misbehaving. After each misdeed the heap must still
//! work: `assert_sound` makes a cycle, collects it, and counts what is left.

mod borrowed;
mod depth;
mod exit;
mod frozen;
mod layout;
mod objects;
mod panics;
mod threads;
mod traces;
