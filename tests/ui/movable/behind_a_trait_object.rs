//! A type whose trait asks for it has to say that it is.

use std::rc::Rc;

use gcycle::{Movable, Trace};

trait Shape: Movable {
    fn area(&self) -> f64;
}

#[derive(Trace)]
struct Square(Rc<f64>);

impl Shape for Square {
    fn area(&self) -> f64 {
        *self.0
    }
}

fn main() {}
