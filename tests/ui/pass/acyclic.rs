//! Acyclic types and fields.

#![allow(dead_code)]

use std::rc::Rc;

use gcycle::{Acyclic, Gc, Trace, Weak};

#[derive(Trace)]
#[trace(acyclic)]
struct Leaf {
    text: Gc<str>,
    parent: Weak<Owner>,
}

#[derive(Trace)]
#[trace(acyclic)]
enum Tree<T> {
    Leaf(T, Gc<Leaf>),
    Inner(Vec<Tree<T>>, Option<Box<Self>>),
}

#[derive(Trace)]
struct Owner {
    #[trace(acyclic)]
    leaf: Gc<Leaf>,
    tree: Rc<Tree<String>>,
    next: Option<Gc<Owner>>,
}

fn acyclic<T: Acyclic>() {}

fn main() {
    acyclic::<Tree<Gc<String>>>();
}
