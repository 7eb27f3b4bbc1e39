//! `jrsonnet-gcmodule`: a fork of `gcmodule` that is kept up to date, with weak
//! pointers. Collected by hand as often as `gcmodule`.

use std::cell::{Cell, RefCell};

use jrsonnet_gcmodule::{Cc, Trace, Tracer, Weak, collect_thread_cycles, count_thread_tracked};

use crate::library::Runtime;
use crate::shapes::{backlinks, objects, weaks};

/// `jrsonnet-gcmodule`.
pub enum Jrsonnet {}

/// Steps between collections, at least.
const FEWEST: usize = 1000;

thread_local! {
    static UNTIL_COLLECTION: Cell<usize> = const { Cell::new(FEWEST) };
}

impl Runtime for Jrsonnet {
    const NAME: &'static str = "jrsonnet-gcmodule";

    fn collect() {
        let _ = collect_thread_cycles();
    }

    #[inline(always)]
    fn step() {
        let left = UNTIL_COLLECTION.get() - 1;
        UNTIL_COLLECTION.set(left);
        if left == 0 {
            let _ = collect_thread_cycles();
            UNTIL_COLLECTION.set(count_thread_tracked().max(FEWEST));
        }
    }
}

/// As for `gcmodule`: the derive recurses without end on recursive types.
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

objects!(for Jrsonnet, Cc, RefCell, derive (), trace trace);
backlinks!(for Jrsonnet, Cc, RefCell, derive (), trace trace);
weaks!(for Jrsonnet, Cc, Weak, Cc::downgrade);
