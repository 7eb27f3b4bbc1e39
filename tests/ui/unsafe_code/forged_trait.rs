//! The derive implements no other trait, whatever its name: `unsafe impl` would be a
//! promise to somebody else.

#![forbid(unsafe_code)]

use gcycle::{Gc, Trace};

mod fake {
    pub use gcycle::{Tracer, __private};

    pub trait Trace {
        fn trace(&self, tracer: &mut Tracer<'_>);
    }
}

#[derive(Trace)]
#[trace(crate = fake)]
struct Owner<T> {
    next: Foreign<T>,
    last: Gc<T>,
}

struct Foreign<T>(T);

fn main() {}
