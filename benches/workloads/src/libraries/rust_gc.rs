//! `gc` (rust-gc): a tracing collector that counts roots.

#![expect(non_local_definitions, reason = "how the derive of `gc` works")]

use gc::{Finalize, Gc, GcCell, Trace, force_collect};

use super::derived;
use crate::library::Runtime;
use crate::shapes::{backlinks, objects};

/// `gc`.
pub enum RustGc {}

impl Runtime for RustGc {
    const NAME: &'static str = "gc";

    fn collect() {
        force_collect();
    }
}

objects!(for RustGc, Gc, GcCell, derive (Trace Finalize), trace derived);
backlinks!(for RustGc, Gc, GcCell, derive (Trace Finalize), trace derived);
