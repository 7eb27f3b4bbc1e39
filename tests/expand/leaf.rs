// Without a `Gc` in sight, the compiler is asked.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Trace, Weak};

#[derive(Trace)]
struct Leaf {
    name: String,
    count: u32,
}

#[derive(Trace)]
struct Observer {
    name: String,
    targets: RefCell<Vec<Weak<Leaf>>>,
    shared: Rc<str>,
    #[trace(skip)]
    thread: std::thread::ThreadId,
}
