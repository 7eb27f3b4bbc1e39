//! The subscriber of `tracing` is code of the user, in the middle of each collection.

#![cfg(feature = "tracing")]

extern crate alloc;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber};

use gc_core::gc;

/// Asks for a collection wherever it is told of something, and panics at the end of
/// a span if it is to.
#[derive(Default)]
struct Collects {
    exits: Arc<AtomicU32>,
    panics: bool,
}

impl Subscriber for Collects {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        assert_eq!(gc::collect(), 0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        assert_eq!(gc::collect(), 0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {
        assert_eq!(gc::collect(), 0);
    }

    fn exit(&self, _: &Id) {
        self.exits.fetch_add(1, Ordering::Relaxed);
        assert_eq!(gc::collect(), 0, "the collection is still the only one");
        assert!(!self.panics, "a subscriber may panic");
    }
}

#[test]
fn a_subscriber_that_collects_does_not_recurse() {
    let exits = Arc::default();
    let subscriber = Collects { exits: Arc::clone(&exits), panics: false };
    with_default(subscriber, || {
        gc::collect();
        gc::collect();
    });
    assert_eq!(exits.load(Ordering::Relaxed), 2);
}

#[test]
fn the_panic_of_a_subscriber_goes_no_further() {
    let exits = Arc::default();
    let subscriber = Collects { exits: Arc::clone(&exits), panics: true };
    with_default(subscriber, || {
        gc::collect();
        gc::collect();
    });
    assert_eq!(exits.load(Ordering::Relaxed), 2);
}
