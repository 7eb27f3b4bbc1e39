//! What the models take from loom and from shuttle, under the same names.

pub mod loom;
pub mod shuttle;
