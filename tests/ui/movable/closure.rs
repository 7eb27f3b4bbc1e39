//! Nobody knows what a closure captured.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Button {
    listeners: Vec<Gc<dyn Fn(&str)>>,
}

fn main() {}
