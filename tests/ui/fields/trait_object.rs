//! A trait object is `Trace` if its trait says so.

use gcycle::Trace;

trait Shape {}

#[derive(Trace)]
struct Owner {
    shapes: Vec<Box<dyn Shape>>,
}

fn main() {}
