//! What a trait object leads to is not known.

use std::any::Any;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(acyclic)]
struct Owner {
    any: Gc<dyn Any>,
}

fn main() {}
