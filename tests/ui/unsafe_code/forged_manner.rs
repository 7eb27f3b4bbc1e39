//! Nor can a trait of its own that stands for that of the question.

#![forbid(unsafe_code)]

use gcycle::{Gc, Trace};

mod fake {
    pub use gcycle::{Trace, Tracer};

    pub mod __private {
        pub use gcycle::__private::AskFields;

        pub trait Ask: Sized {
            fn traced<T>(self) -> bool {
                true
            }
        }

        impl<A: gcycle::Ask> Ask for A {}
    }
}

#[derive(Trace)]
#[trace(crate = fake)]
struct Owner {
    next: Option<Gc<Owner>>,
}

fn main() {}
