//! `rust-cc`, with its defaults (no weak pointers, finalizers on).

use std::cell::RefCell;

use ::rust_cc::{Cc, Finalize, Trace, collect_cycles, config::config, state};

use super::derived;
use crate::library::Runtime;
use crate::shapes::{backlinks, objects};

/// `rust-cc`.
pub enum RustCc {}

impl Runtime for RustCc {
    const NAME: &'static str = "rust-cc";

    fn collect() {
        collect_cycles();
    }

    fn set_automatic(on: bool) {
        config(|config| config.set_auto_collect(on)).expect("the configuration is at hand");
    }

    fn collections() -> Option<u64> {
        state::executions_count().ok().map(|count| count as u64)
    }
}

objects!(for RustCc, Cc, RefCell, derive (Trace Finalize), trace derived);
backlinks!(for RustCc, Cc, RefCell, derive (Trace Finalize), trace derived);
