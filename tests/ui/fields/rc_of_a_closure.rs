//! Nor can the captures of a closure be seen that is shared.

use std::rc::Rc;

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    callback: Rc<dyn Fn(u32)>,
}

fn main() {}
