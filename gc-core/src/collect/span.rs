//! One span of the `tracing` crate for each collection, with the feature
//! `tracing`; otherwise nothing.

use crate::stats::CollectionInfo;
#[cfg(feature = "tracing")]
use crate::unwind::FirstPanic;

/// The span of a running collection; `None` if the subscriber panicked.
#[cfg(feature = "tracing")]
pub(super) struct CollectionSpan(Option<tracing::span::EnteredSpan>);

#[cfg(feature = "tracing")]
impl CollectionSpan {
    /// Enters the span of a collection that starts. Panics are reported by the panic
    /// hook and go no further.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn enter(info: &CollectionInfo) -> CollectionSpan {
        use tracing::field::Empty;
        let mut entered = None;
        drop(FirstPanic::of(|| {
            let span = tracing::debug_span!(
                "gc",
                generation = info.generation.index(),
                candidates = Empty,
                traced = Empty,
                collected = Empty,
                uncollectable = Empty,
                duration_ns = Empty,
            );
            entered = Some(span.entered());
        }));
        CollectionSpan(entered)
    }

    /// Records what the collection did, and leaves the span. Panics are reported by the
    /// panic hook and go no further.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn exit(self, info: &CollectionInfo) {
        let Some(span) = self.0 else { return };
        drop(FirstPanic::of(|| {
            span.record("candidates", info.candidates);
            span.record("traced", info.traced);
            span.record("collected", info.collected);
            span.record("uncollectable", info.uncollectable);
            span.record("duration_ns", u64::try_from(info.duration.as_nanos()).unwrap_or(u64::MAX));
            drop(span);
        }));
    }
}

/// Stands for the span where there is none.
#[cfg(not(feature = "tracing"))]
pub(super) struct CollectionSpan;

#[cfg(not(feature = "tracing"))]
impl CollectionSpan {
    /// Does nothing.
    pub(super) fn enter(_: &CollectionInfo) -> CollectionSpan {
        CollectionSpan
    }

    /// Does nothing.
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn exit(self, _: &CollectionInfo) {}
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicU32, Ordering};

    use tracing::span::{Attributes, Id, Record};
    use tracing::subscriber::with_default;
    use tracing::{Event, Metadata, Subscriber};

    use crate::gc;

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
}
