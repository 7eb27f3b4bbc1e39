//! A function pointer is a leaf, and what stands beside it is checked.

use std::collections::HashMap;

use gcycle::{Gc, Trace};

#[derive(Trace, PartialEq, Eq, Hash)]
struct Symbol {
    owner: Option<Gc<Symbol>>,
}

#[derive(Trace)]
struct Natives {
    #[trace(acyclic)]
    table: HashMap<Symbol, fn(&Natives, &str) -> usize>,
}

fn main() {}
