//! `Trace` for a union is written by hand.

#![allow(dead_code)]

use gcycle::{Trace, Tracer};

union Number {
    integer: u32,
    float: f32,
}

// SAFETY: a number owns nothing.
unsafe impl Trace for Number {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

#[derive(Trace)]
struct Owner {
    number: Number,
}

fn main() {}
