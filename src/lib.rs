#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use gc_core::{
    __private, Acyclic, Finalize, Gc, LabelTracer, Trace, Tracer, Untraced, Weak, gc, weak,
};
#[cfg(feature = "derive")]
pub use gc_derive::Trace;
