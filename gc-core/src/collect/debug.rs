//! Debug flags, and CPython's lines on standard error.

use alloc::format;
use alloc::string::String;
use core::fmt;
use std::io::{Write as _, stderr};

use crate::collect::stats::CollectionInfo;
use crate::memory::walk::count_by_generation;
use crate::object::header::ObjPtr;

bitflags::bitflags! {
    /// The debugging aids that [`gc::set_debug`](crate::gc::set_debug) switches on. The
    /// lines that they print to standard error are worded as in CPython.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct DebugFlags: u32 {
        /// Print statistics of each collection.
        const STATS = 1;
        /// Print each object found unreachable.
        const COLLECTABLE = 2;
        /// Print each object that is unreachable but cannot be reclaimed.
        const UNCOLLECTABLE = 4;
        /// Keep unreachable objects in [`gc::garbage`](crate::gc::garbage)
        /// instead of reclaiming them.
        const SAVEALL = 32;
        /// The flags for finding a leak: `COLLECTABLE | UNCOLLECTABLE | SAVEALL`.
        const LEAK = Self::COLLECTABLE.bits() | Self::UNCOLLECTABLE.bits() | Self::SAVEALL.bits();
    }
}

/// Writes a line to standard error. Unlike `eprintln!` it does not panic if that fails.
pub(crate) fn print_line(line: fmt::Arguments<'_>) {
    let _: Result<(), _> = writeln!(stderr(), "{line}");
}

/// A collection starts.
pub(super) fn print_start(info: &CollectionInfo) {
    let ([young, middle, old], permanent) = count_by_generation();
    print_line(format_args!("gc: collecting generation {}...", info.generation.index()));
    print_line(format_args!("gc: objects in each generation: {young} {middle} {old}"));
    print_line(format_args!("gc: objects in permanent generation: {permanent}"));
}

/// A collection is done.
pub(super) fn print_done(info: &CollectionInfo) {
    let unreachable = info.collected + info.uncollectable;
    print_line(format_args!(
        "gc: done, {unreachable} unreachable, {} uncollectable, {:.4}s elapsed",
        info.uncollectable,
        info.duration.as_secs_f64(),
    ));
}

/// An object was found unreachable.
pub(super) fn print_object(kind: &str, object: ObjPtr) {
    print_line(format_args!("gc: {kind} {}", describe(object)));
}

/// The type and the address, as Python shows an object without `repr`.
pub(crate) fn describe(object: ObjPtr) -> String {
    format!("<{} {:p}>", object.type_name(), object.value())
}

/// Says that a hand-written `Trace` breaks its promise.
#[cold]
pub(super) fn report_excess(owner: ObjPtr, target: ObjPtr) {
    print_line(format_args!(
        "gc: wrong `Trace`: {} reports a handle to {} more often than there are handles; \
         both are kept alive",
        owner.type_name(),
        target.type_name(),
    ));
}
