// Each field is asked whether it may move, or whether it is `Send`.

use std::cell::RefCell;
use std::thread::JoinHandle;

use gcycle::{Gc, Trace, Weak};

#[derive(Trace)]
#[trace(movable)]
struct Node<T> {
    name: String,
    count: u32,
    parent: RefCell<Weak<Node<T>>>,
    listener: Option<fn(&Node<T>, &T)>,
    value: T,
}

#[derive(Trace)]
#[trace(movable)]
enum Task<R> {
    Waiting(Gc<Task<R>>),
    #[trace(skip)]
    Running(JoinHandle<R>),
    Done,
}
