//! The ways out for a field that is not `Trace`.

#![allow(dead_code)]

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Trace, Untraced};

struct Foreign;

#[derive(Trace)]
struct Own;

trait Shape: Trace {}

#[derive(Trace)]
struct Owner {
    #[trace(skip)]
    foreign: Foreign,
    wrapped: RefCell<Vec<Untraced<Foreign>>>,
    own: Own,
    shared: Gc<RefCell<Option<Gc<Owner>>>>,
    text: Rc<RefCell<Option<Gc<String>>>>,
    shapes: Vec<Box<dyn Shape>>,
    #[trace(skip)]
    callback: Box<dyn Fn(u32)>,
    function: fn(u32) -> Box<dyn Shape>,
}

fn main() {}
