//! One span of the `tracing` crate for each collection, with the feature
//! `tracing`; otherwise nothing.

use crate::stats::CollectionInfo;

/// The span of a running collection.
#[cfg(feature = "tracing")]
pub(super) struct CollectionSpan(tracing::span::EnteredSpan);

#[cfg(feature = "tracing")]
impl CollectionSpan {
    /// Enters the span of a collection that starts.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn enter(info: &CollectionInfo) -> CollectionSpan {
        use tracing::field::Empty;
        let span = tracing::debug_span!(
            "gc",
            generation = info.generation.index(),
            candidates = Empty,
            traced = Empty,
            collected = Empty,
            uncollectable = Empty,
            duration_ns = Empty,
        );
        CollectionSpan(span.entered())
    }

    /// Records what the collection did.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn record(&self, info: &CollectionInfo) {
        self.0.record("candidates", info.candidates);
        self.0.record("traced", info.traced);
        self.0.record("collected", info.collected);
        self.0.record("uncollectable", info.uncollectable);
        self.0.record("duration_ns", u64::try_from(info.duration.as_nanos()).unwrap_or(u64::MAX));
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
    pub(super) fn record(&self, _: &CollectionInfo) {}
}
