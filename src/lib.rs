//! Reference counting that frees at once, and a generational cycle collector for
//! the rest.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use gc_core::{Acyclic, Finalize, Gc, LabelTracer, Trace, Tracer, Untraced, Weak, gc, weak};
