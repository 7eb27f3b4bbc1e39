//! The runtime of `gcycle`: pointers, page heap and collector.
//!
//! Depend on the `gcycle` crate, which documents and re-exports all of this. The modules
//! are rooms that stand on each other; CONTRIBUTING.md lists them from the bottom up.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod collect;
pub mod gc;
#[cfg(feature = "inspect")]
#[cfg_attr(docsrs, doc(cfg(feature = "inspect")))]
pub mod inspect;
#[cfg(feature = "isolates")]
mod isolate;
mod memory;
mod object;
mod pointer;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub mod sync;
mod trace;
mod watch;

#[cfg(feature = "isolates")]
#[cfg_attr(docsrs, doc(cfg(feature = "isolates")))]
pub use isolate::{
    detached::{Detached, NotIsolated},
    escape::{Escape, EscapeKind},
    handle::Isolate,
};
pub use pointer::by_id::ById;
pub use pointer::callback::Callback;
pub use pointer::closure::Closure;
pub use pointer::gc_ptr::Gc;
pub use pointer::link::Link;
pub use pointer::unique::{CloneValue, GcMut};
#[doc(hidden)]
pub use pointer::unsize as __unsize;
pub use pointer::{intern, weak};
pub use trace::contract::{Acyclic, Ask, Finalize, Trace};
#[doc(hidden)]
pub use trace::derive_support as __private;
pub use trace::finalizing::Finalizing;
#[cfg(feature = "isolates")]
#[cfg_attr(docsrs, doc(cfg(feature = "isolates")))]
pub use trace::movable::Movable;
pub use trace::tracer::{LabelTracer, Tracer};
pub use trace::untraced::Untraced;
pub use weak::Weak;
