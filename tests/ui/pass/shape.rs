//! Words in parentheses, separated by commas; the last comma is optional.

#![allow(dead_code)]

use gcycle::Trace;

#[derive(Trace)]
#[trace(acyclic, name = "owner",)]
struct Owner {
    #[trace(skip)]
    name: String,
}

fn main() {}
