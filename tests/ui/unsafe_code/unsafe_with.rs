//! `unsafe_with` counts as unsafe code, at the word.

#![deny(unsafe_code)]

use gcycle::{Trace, Tracer};

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_with = trace_name)]
    name: String,
}

fn trace_name(_: &String, _: &mut Tracer<'_>) {}

fn main() {}
