//! Nor can it receive what is reported.

#![forbid(unsafe_code)]

use gcycle::{Gc, Trace};

mod fake {
    pub use gcycle::{Trace, __private};

    pub struct Tracer<'a>(&'a ());

    impl Tracer<'_> {
        pub fn report<T: ?Sized, F>(&mut self, _: F, _: &str) {}
    }
}

#[derive(Trace)]
#[trace(crate = fake)]
struct Owner {
    next: Option<Gc<Owner>>,
}

fn main() {}
