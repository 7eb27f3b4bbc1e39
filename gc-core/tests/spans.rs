//! The subscriber of `tracing` is code of the user, in the middle of each collection.

#![cfg(feature = "tracing")]

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::sync::Arc;
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU32, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber};

use gc_core::{Gc, Trace, Tracer, gc};

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

/// Makes permanent objects ordinary ones, which gives a collection in slices up, at every third
/// slice. Counts slices, and those of which it is told what they suspected.
struct Unfreezes {
    slices: Arc<AtomicU32>,
    with_suspects: Arc<AtomicU32>,
}

impl Subscriber for Unfreezes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.name() == "gc_slice"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        if self.slices.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            gc::unfreeze();
        }
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        /// Finds the field.
        struct Visitor<'a>(&'a AtomicU32);
        impl Visit for Visitor<'_> {
            fn record_debug(&mut self, _: &Field, _: &dyn core::fmt::Debug) {}
            fn record_u64(&mut self, field: &Field, _: u64) {
                self.0.fetch_add(u32::from(field.name() == "suspected"), Ordering::Relaxed);
            }
        }
        values.record(&mut Visitor(&self.with_suspects));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Counts its drops.
struct Counted {
    this: RefCell<Option<Gc<Counted>>>,
    dropped: Rc<Cell<u32>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dropped.set(self.dropped.get() + 1);
    }
}

// SAFETY: the handle is reported once.
unsafe impl Trace for Counted {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.this.trace(tracer);
    }
}

#[test]
fn a_subscriber_that_gives_collections_up_loses_no_garbage() {
    const MADE: u32 = if cfg!(miri) { 100 } else { 40_000 };
    let (slices, with_suspects) = <(Arc<AtomicU32>, Arc<AtomicU32>)>::default();
    let subscriber =
        Unfreezes { slices: Arc::clone(&slices), with_suspects: Arc::clone(&with_suspects) };
    let dropped = Rc::new(Cell::new(0));
    gc::set_budget(10);
    with_default(subscriber, || {
        // Garbage is old when it becomes garbage.
        let mut alive = VecDeque::new();
        for _ in 0..MADE {
            let made = Gc::new(Counted { this: RefCell::default(), dropped: Rc::clone(&dropped) });
            made.this.replace(Some(made.clone()));
            alive.push_back(made);
            if alive.len() > MADE as usize / 2 {
                alive.pop_front();
            }
        }
    });
    gc::collect();
    assert_eq!(dropped.get(), MADE);
    let told = with_suspects.load(Ordering::Relaxed);
    assert!(cfg!(miri) || told > 3 && slices.load(Ordering::Relaxed) > told, "{slices:?}");
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
