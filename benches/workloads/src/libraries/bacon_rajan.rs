//! `bacon_rajan_cc`: candidates, all collected at once, by hand. The workloads
//! do it when as many candidates wait as objects are alive, but at least
//! [`FEWEST`].

use std::cell::{Cell, RefCell};

use bacon_rajan_cc::{Cc, Trace, Tracer, Weak, collect_cycles, number_of_roots_buffered};

use crate::library::Runtime;
use crate::shapes::{backlinks, objects, weaks};

/// `bacon_rajan_cc`.
pub enum BaconRajan {}

/// Candidates that a collection waits for, at least.
const FEWEST: usize = 1000;

thread_local! {
    static ENOUGH: Cell<usize> = const { Cell::new(FEWEST) };
}

impl Runtime for BaconRajan {
    const NAME: &'static str = "bacon_rajan_cc";

    fn collect() {
        collect_cycles();
    }

    #[inline(always)]
    fn step() {
        if number_of_roots_buffered() >= ENOUGH.get() {
            collect_cycles();
        }
    }

    fn expect_live(objects: usize) {
        ENOUGH.set(objects.max(FEWEST));
    }
}

/// It has no derive that works with current compilers.
macro_rules! trace {
    ($kind:ident [$($generics:tt)*] $Name:ident [$($arguments:tt)*] $($field:ident)*) => {
        impl<$($generics)*> Trace for $Name<$($arguments)*> {
            #[inline]
            fn trace(&self, _tracer: &mut Tracer<'_>) {
                $(self.$field.trace(_tracer);)*
            }
        }
    };
}

objects!(for BaconRajan, Cc, RefCell, derive (), trace trace);
backlinks!(for BaconRajan, Cc, RefCell, derive (), trace trace);
weaks!(for BaconRajan, Cc, Weak, Cc::downgrade);
