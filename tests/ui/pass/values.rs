//! Each value in its form.

#![allow(dead_code)]

use gcycle::{Trace, Tracer};

#[derive(Trace)]
#[trace(bound = "T: Trace, Vec<T>: Clone,", name = "an owner", crate = ::gcycle)]
struct Owner<T> {
    #[trace(unsafe_with = self::functions::trace_name, name = "a name")]
    name: String,
    #[trace(unsafe_with = functions::trace_any::<T>)]
    value: T,
}

#[derive(Trace)]
struct WithWhere<T>(#[trace(bound = "where T: Trace")] T);

mod functions {
    use super::{Trace, Tracer};

    pub fn trace_name(_: &String, _: &mut Tracer<'_>) {}

    pub unsafe fn trace_any<T: Trace>(value: &T, tracer: &mut Tracer<'_>) {
        value.trace(tracer);
    }
}

fn main() {}
