//! The runtime of `gcycle`: pointers, page heap and collector.
//!
//! Depend on the `gcycle` crate, which documents and re-exports all of this.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

#[doc(hidden)]
#[path = "derive_support.rs"]
pub mod __private;
#[doc(hidden)]
#[path = "unsize.rs"]
pub mod __unsize;
mod at_hand;
mod boxed;
mod class;
mod closure;
mod collect;
mod collections;
mod construct;
mod dispatch;
mod edges;
mod ephemeron;
mod erased;
mod extent;
mod finalizer;
mod flags;
mod free_list;
pub mod gc;
mod generation;
mod heap;
mod impls;
#[cfg(feature = "inspect")]
#[cfg_attr(docsrs, doc(cfg(feature = "inspect")))]
pub mod inspect;
pub mod intern;
mod introspect;
mod label;
mod lifecycle;
mod nesting;
mod object;
mod page;
mod pending;
mod pointer;
mod prefetch;
mod put_off;
mod raw;
mod segment;
#[cfg(feature = "serde")]
mod serialize;
mod slice;
mod stack;
mod stats;
mod trace;
mod tracer;
mod traffic;
mod traits;
mod unique;
mod untraced;
mod unwind;
mod vtable;
mod walk;
mod watch;
pub mod weak;

pub use closure::{Call, Closure};
pub use pointer::Gc;
pub use trace::{Acyclic, Finalize, Trace};
pub use tracer::{LabelTracer, Tracer};
pub use unique::{CloneValue, GcMut};
pub use untraced::Untraced;
pub use weak::Weak;
