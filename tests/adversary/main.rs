//! Programs that try to break the heap from safe code. Each test is named for what it
//! must not do; most were written by somebody who meant it harm, and did it once.
//!
//! Every file forbids `unsafe` but [`honest`] and [`answers`], which stand for libraries with a
//! hand-written `Trace` that keeps its contract, and may panic.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests are programs like those of the users"
)]

mod answers;
mod exits;
mod forged;
mod honest;
mod hooks;
mod limits;
mod tracked;
mod unwinding;
