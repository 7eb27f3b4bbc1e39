//! Safe code cannot put its own functions in the place of those that ask.

#![forbid(unsafe_code)]

use std::rc::Rc;

mod fake {
    pub use gcycle::{Acyclic, Movable, Trace, Tracer};

    pub mod __private {
        pub use gcycle::__private::*;

        pub struct MovedFields;

        impl MovedFields {
            pub fn movable<T: ?Sized>(&self, _: &T) {}

            pub fn send<T: ?Sized>(&self, _: &T) {}
        }
    }
}

#[derive(gcycle::Trace)]
#[trace(movable, crate = fake)]
struct Node(Rc<str>);

fn main() {}
