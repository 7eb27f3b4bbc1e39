//! `boa_gc`: a tracing collector that finds its roots by counting.

use boa_gc::{Finalize, Gc, GcRefCell, Trace, WeakGc, force_collect};

use super::derived;
use crate::library::Runtime;
use crate::shapes::{backlinks, objects, weaks};

/// `boa_gc`.
pub enum Boa {}

impl Runtime for Boa {
    const NAME: &'static str = "boa_gc";

    fn collect() {
        force_collect();
    }
}

objects!(for Boa, Gc, GcRefCell, derive (Trace Finalize), trace derived);
backlinks!(for Boa, Gc, GcRefCell, derive (Trace Finalize), trace derived);
weaks!(for Boa, Gc, WeakGc, WeakGc::new);
