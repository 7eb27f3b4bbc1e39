//! The libraries, one a file: the shapes, and what is special about the
//! library's collector.

pub mod bacon_rajan;
pub mod boa;
pub mod dumpster;
pub mod gc_arena;
pub mod gcmodule;
pub mod gcycle;
pub mod jrsonnet;
pub mod rc;
pub mod rc_weak;
pub mod rust_cc;
pub mod rust_gc;
pub mod typed_arena;

/// No hand-written `Trace`: the library has none, or a derive.
macro_rules! derived {
    ($($anything:tt)*) => {};
}

pub(crate) use derived;
