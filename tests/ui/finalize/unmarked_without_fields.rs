//! So it is for a type without fields, and where `Drop` is allowed.

use gcycle::{Finalize, Trace};

#[derive(Trace)]
#[trace(unsafe_drop)]
struct Marker;

impl Finalize for Marker {
    fn finalize(&self) {}
}

impl Drop for Marker {
    fn drop(&mut self) {}
}

fn main() {}
