//! What is shared says itself that no cycle leads through it.

use std::rc::Rc;

use gcycle::Trace;

struct Settings {
    width: u32,
}

#[derive(Trace)]
struct Owner {
    settings: Rc<Settings>,
}

fn main() {}
