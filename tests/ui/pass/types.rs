//! A packed type whose fields need not be borrowed; a union by hand.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod packed {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[repr(C, packed(2))]
    pub(super) struct Owner {
        number: u32,
        pair: (u8, f64),
        #[trace(skip)]
        next: Gc<u8>,
    }
}

mod union {
    use gcycle::{Trace, Tracer};

    pub(super) union Owner {
        number: u32,
        bytes: [u8; 4],
    }

    // SAFETY: whichever field is alive, it owns nothing.
    unsafe impl Trace for Owner {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
}

fn traced<T: gcycle::Trace>() {}

fn main() {
    traced::<packed::Owner>();
    traced::<union::Owner>();
}
