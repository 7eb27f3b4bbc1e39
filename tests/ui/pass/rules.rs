//! Words that go together.

#![allow(dead_code)]

use gcycle::{Gc, Trace, Weak};

#[derive(Trace)]
enum Owner<T> {
    #[trace(skip)]
    Thread(std::thread::ThreadId),
    Value(#[trace(bound = "T: Trace", name = "label")] T),
}

#[derive(Trace)]
#[trace(acyclic)]
struct Leaf {
    #[trace(name = "label")]
    name: Gc<String>,
    #[trace(acyclic)]
    owner: Weak<Leaf>,
    #[trace(skip)]
    unchecked: Option<Gc<Leaf>>,
}

fn main() {}
