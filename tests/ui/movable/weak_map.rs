//! What a weak map attaches to its keys goes with them.

use std::rc::Rc;

use gcycle::Trace;
use gcycle::weak::WeakMap;

#[derive(Trace)]
#[trace(movable)]
struct Cache {
    sizes: WeakMap<str, Rc<usize>>,
}

fn main() {}
