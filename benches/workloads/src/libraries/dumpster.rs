//! `dumpster`, its pointer for one thread, with its defaults.

use std::cell::RefCell;

use ::dumpster::unsync::{Gc, collect, default_collect_condition, set_collect_condition};
use ::dumpster::{TraceWith, Visitor};

use crate::library::Runtime;
use crate::shapes::{backlinks, objects};

/// `dumpster::unsync`.
pub enum Dumpster {}

impl Runtime for Dumpster {
    const NAME: &'static str = "dumpster";

    fn collect() {
        collect();
    }

    fn set_automatic(on: bool) {
        set_collect_condition(if on { default_collect_condition } else { |_| false });
    }
}

/// What its derive writes; the derive itself breaks inside a macro.
macro_rules! trace {
    ($kind:ident [$($generics:tt)*] $Name:ident [$($arguments:tt)*] $($field:ident)*) => {
        // SAFETY: each pointer is visited once, in the order of the fields.
        unsafe impl<V: Visitor, $($generics)*> TraceWith<V> for $Name<$($arguments)*> {
            #[inline]
            fn accept(&self, _visitor: &mut V) -> Result<(), ()> {
                $(self.$field.accept(_visitor)?;)*
                Ok(())
            }
        }
    };
}

objects!(for Dumpster, Gc, RefCell, derive (), trace trace);
backlinks!(for Dumpster, Gc, RefCell, derive (), trace trace);
