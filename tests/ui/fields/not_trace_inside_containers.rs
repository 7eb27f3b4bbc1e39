//! The message points at all of the field's type.

use std::cell::RefCell;

use gcycle::Trace;

struct Foreign;

#[derive(Trace)]
struct Owner {
    number: u32,
    foreign: RefCell<Vec<Foreign>>,
}

fn main() {}
