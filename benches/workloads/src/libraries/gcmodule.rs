//! `gcmodule`: CPython's algorithm without generations. Nothing collects
//! automatically, so the workloads do, whenever as many objects were made as the
//! last collection left alive, but at least [`FEWEST`].

use std::cell::{Cell, RefCell};

use ::gcmodule::{Cc, Trace, Tracer, collect_thread_cycles, count_thread_tracked};

use crate::library::Runtime;
use crate::shapes::{backlinks, objects};

/// `gcmodule`.
pub enum Gcmodule {}

/// Steps between collections, at least.
const FEWEST: usize = 1000;

thread_local! {
    static UNTIL_COLLECTION: Cell<usize> = const { Cell::new(FEWEST) };
}

impl Runtime for Gcmodule {
    const NAME: &'static str = "gcmodule";

    fn collect() {
        collect_thread_cycles();
    }

    #[inline(always)]
    fn step() {
        let left = UNTIL_COLLECTION.get() - 1;
        UNTIL_COLLECTION.set(left);
        if left == 0 {
            collect_thread_cycles();
            UNTIL_COLLECTION.set(count_thread_tracked().max(FEWEST));
        }
    }
}

/// Its derive recurses without end on recursive types; its documentation asks
/// for this instead.
macro_rules! trace {
    (leaf [$($generics:tt)*] $Name:ident [$($arguments:tt)*]) => {
        impl<$($generics)*> Trace for $Name<$($arguments)*> {
            #[inline]
            fn is_type_tracked() -> bool {
                false
            }
        }
    };
    (owner [$($generics:tt)*] $Name:ident [$($arguments:tt)*] $($field:ident)*) => {
        impl<$($generics)*> Trace for $Name<$($arguments)*> {
            #[inline]
            fn trace(&self, tracer: &mut Tracer<'_>) {
                $(self.$field.trace(tracer);)*
            }

            #[inline]
            fn is_type_tracked() -> bool {
                true
            }
        }
    };
}

objects!(for Gcmodule, Cc, RefCell, derive (), trace trace);
backlinks!(for Gcmodule, Cc, RefCell, derive (), trace trace);
