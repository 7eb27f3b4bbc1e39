// Plain data is left out; a `Gc` settles that the type is tracked.

use std::cell::RefCell;

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Node {
    parent: RefCell<Option<Gc<Node>>>,
    children: RefCell<Vec<Gc<Node>>>,
    name: String,
    position: (u32, u32),
    r#type: u8,
}
