//! Bounds that are inferred, and bounds that are given.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

use gcycle::{Gc, Trace};

fn traced<T: Trace>() {}

mod argument_not_trace {
    use gcycle::{Gc, Trace};

    // Not `Trace`.
    pub(super) struct Foreign;

    // What a `Gc` refers to was asked when it was made.
    #[derive(Trace)]
    pub(super) struct Owner<T> {
        value: Gc<T>,
    }
}

mod container_that_is_not_std {
    use gcycle::{Trace, Tracer};

    struct Set<T>(T);

    // SAFETY: the set reports what its value reports.
    unsafe impl<T: Trace + Ord> Trace for Set<T> {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }
    }

    #[derive(Trace)]
    #[trace(bound = "T: Trace + Ord")]
    struct Given<T> {
        set: Set<T>,
    }

    // `Set<T>: Trace`.
    #[derive(Trace)]
    struct Inferred<T> {
        set: Set<T>,
    }
}

mod empty_bound {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(bound = "")]
    pub(super) struct Owner<T> {
        value: Gc<T>,
    }
}

mod hidden_in_a_macro {
    use gcycle::Trace;

    macro_rules! pair {
        ($value:ty) => {
            ($value, $value)
        };
    }

    #[derive(Trace)]
    pub(super) struct Owner<T> {
        #[trace(bound = "T: Trace")]
        pair: pair!(T),
    }
}

mod recursive_through_each_other {
    use gcycle::Trace;

    #[derive(Trace)]
    pub(super) struct Owner<T> {
        value: T,
        // One of the two is enough.
        #[trace(bound = "T: Trace")]
        other: Option<Box<Other<T>>>,
    }

    #[derive(Trace)]
    pub(super) struct Other<T> {
        owner: Box<Owner<T>>,
    }
}

fn main() {
    traced::<argument_not_trace::Owner<argument_not_trace::Foreign>>();
    traced::<empty_bound::Owner<argument_not_trace::Foreign>>();
    traced::<hidden_in_a_macro::Owner<Gc<u8>>>();
    traced::<recursive_through_each_other::Owner<u8>>();
    traced::<recursive_through_each_other::Other<Gc<u8>>>();
}
