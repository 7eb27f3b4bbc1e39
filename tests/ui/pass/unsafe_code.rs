//! The derive itself is no unsafe code of the user.

#![forbid(unsafe_code)]
#![allow(dead_code)]

use gcycle::{Finalize, Gc, Trace};

#[derive(Trace)]
#[trace(finalize, name = "owner")]
struct Owner<T> {
    #[trace(skip)]
    name: String,
    #[trace(acyclic)]
    text: Gc<String>,
    value: T,
}

impl<T> Finalize for Owner<T> {
    fn finalize(&self) {}
}

fn main() {}
