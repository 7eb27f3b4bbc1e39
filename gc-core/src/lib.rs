//! The runtime of `gcycle`: pointers, page heap and collector.
//!
//! Depend on the `gcycle` crate, which documents and re-exports all of this.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

#[doc(hidden)]
#[path = "derive_support.rs"]
pub mod __private;
mod class;
mod collect;
mod erased;
mod finalizer;
pub mod gc;
mod generation;
mod heap;
mod impls;
mod introspect;
mod lifecycle;
mod object;
mod page;
mod pointer;
mod segment;
mod stats;
mod trace;
mod tracer;
mod untraced;
mod vtable;
mod walk;
mod watch;
pub mod weak;

pub use pointer::Gc;
pub use trace::{Acyclic, Finalize, Trace};
pub use tracer::{LabelTracer, Tracer};
pub use untraced::Untraced;
pub use weak::Weak;
