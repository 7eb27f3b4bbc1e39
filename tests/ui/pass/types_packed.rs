//! A packed type whose fields need not be borrowed.

#![allow(dead_code)]

use gcycle::Trace;

#[derive(Trace)]
#[repr(C, packed(2))]
struct Owner {
    number: u32,
    pair: (u8, f64),
    #[trace(skip)]
    name: String,
}

fn main() {}
