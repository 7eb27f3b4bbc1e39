#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod guide;

#[doc(hidden)]
pub use gc_core::__private;
#[cfg(feature = "isolates")]
#[cfg_attr(docsrs, doc(cfg(feature = "isolates")))]
pub use gc_core::Movable;
#[cfg(feature = "inspect")]
#[cfg_attr(docsrs, doc(cfg(feature = "inspect")))]
pub use gc_core::inspect;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub use gc_core::sync;
pub use gc_core::{
    Acyclic, Ask, ById, Callback, CloneValue, Closure, Finalize, Finalizing, Gc, GcMut,
    LabelTracer, Link, Trace, Tracer, Untraced, Weak, gc, intern, unsize, weak,
};
#[cfg(feature = "isolates")]
#[cfg_attr(docsrs, doc(cfg(feature = "isolates")))]
pub use gc_core::{Detached, Escape, EscapeKind, Isolate, NotIsolated};
#[cfg(feature = "derive")]
pub use gc_derive::Trace;
