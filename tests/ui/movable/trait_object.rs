//! Any type may be behind a trait that does not ask for it.

use gcycle::{Gc, Trace};

trait Shape: Trace {
    fn area(&self) -> f64;
}

#[derive(Trace)]
#[trace(movable)]
struct Drawing {
    shapes: Vec<Gc<dyn Shape>>,
}

fn main() {}
