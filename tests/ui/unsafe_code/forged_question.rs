//! Nor can it say what drops of fields do.

#![forbid(unsafe_code)]

use gcycle::{Gc, Trace};

mod fake {
    pub use gcycle::{Trace, Tracer};

    pub mod __private {
        pub struct Ask;

        impl Ask {
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
