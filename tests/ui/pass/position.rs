//! Every word where it belongs.

#![allow(dead_code)]

use gcycle::{Finalize, Trace, Tracer};

#[derive(Trace)]
#[trace(finalize, name = "owner", crate = gcycle, bound = "T: Trace")]
struct Owner<T> {
    #[trace(name = "inside")]
    value: T,
    #[trace(skip)]
    thread: std::thread::ThreadId,
    #[trace(acyclic)]
    text: String,
    #[trace(unsafe_with = trace_list)]
    list: Vec<T>,
}

impl<T> Finalize for Owner<T> {
    fn finalize(&self) {}
}

fn trace_list<T: Trace>(list: &Vec<T>, tracer: &mut Tracer<'_>) {
    list.trace(tracer);
}

#[derive(Trace)]
#[trace(acyclic, unsafe_drop)]
enum Leaf {
    #[trace(skip)]
    Thread(std::thread::ThreadId),
    Text(String),
}

impl Drop for Leaf {
    fn drop(&mut self) {}
}

fn main() {}
