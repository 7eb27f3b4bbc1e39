//! Nor can it say what drops of fields do.

#![forbid(unsafe_code)]

use gcycle::{Gc, Trace};

mod fake {
    pub use gcycle::{Trace, Tracer};

    pub mod __private {
        pub use gcycle::Ask;

        pub struct AskFields<A>(A);

        impl<A> AskFields<A> {
            pub fn traced<T>(self) -> bool {
                true
            }
        }
    }
}

#[derive(Trace)]
#[trace(crate = fake)]
struct Owner {
    next: Option<Gc<Owner>>,
}

fn main() {}
