//! The function takes the field and a tracer.

use gcycle::{Trace, Tracer};

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_with = trace_number)]
    name: String,
}

fn trace_number(_: &u32, _: &mut Tracer<'_>) {}

fn main() {}
