//! `gcycle`, with its defaults.

use std::cell::RefCell;
use std::time::Duration;

use ::gcycle::{Gc, Trace, Weak, gc};

use super::derived;
use crate::library::{Objects, Runtime, Watched, Weaks};
use crate::shapes::{backlinks, objects, weaks};

/// This project.
pub enum Gcycle {}

impl Runtime for Gcycle {
    const NAME: &'static str = "gcycle";

    fn collect() {
        gc::collect();
    }

    fn set_automatic(on: bool) {
        if on { gc::enable() } else { gc::disable() }
    }

    fn collect_every(allocations: u32) {
        gc::set_threshold(allocations, 10, 10);
    }

    fn trim() {
        gc::trim();
    }

    fn traced() -> Option<u64> {
        Some(gc::get_stats().iter().map(|stats| stats.traced).sum())
    }

    fn collector_time() -> Option<Duration> {
        Some(gc::get_stats().iter().map(|stats| stats.duration).sum())
    }

    fn collections() -> Option<u64> {
        Some(gc::get_stats().iter().map(|stats| stats.collections).sum())
    }
}

objects!(for Gcycle, Gc, RefCell, derive (Trace), trace derived);
backlinks!(for Gcycle, Gc, RefCell, derive (Trace), trace derived);
weaks!(for Gcycle, Gc, Weak, Gc::downgrade);

impl Watched for Gcycle {
    fn watch(
        node: &<Gcycle as Objects>::Node<3>,
        callback: impl FnOnce() + 'static,
    ) -> <Gcycle as Weaks>::Weak {
        Gc::downgrade_with(node, callback)
    }
}
