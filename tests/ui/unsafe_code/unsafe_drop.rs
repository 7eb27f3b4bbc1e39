//! `unsafe_drop` counts as unsafe code, at the word.

#![deny(unsafe_code)]

use gcycle::Trace;

#[derive(Trace)]
#[trace(unsafe_drop)]
struct Owner {
    name: String,
}

fn main() {}
