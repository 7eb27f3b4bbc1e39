//! One span of the `tracing` crate for each collection, or for each slice of one, with the
//! feature `tracing`; otherwise nothing.

use crate::collect::stats::CollectionInfo;
#[cfg(feature = "tracing")]
use crate::object::unwind::FirstPanic;

/// The span of a running collection; `None` if the subscriber panicked.
#[cfg(feature = "tracing")]
pub(super) struct CollectionSpan(Option<tracing::span::EnteredSpan>);

/// A span with this name, these fields, and places for what is recorded at its end.
#[cfg(feature = "tracing")]
macro_rules! span {
    ($name:literal, $($field:tt)+) => {
        tracing::debug_span!(
            $name,
            $($field)+,
            candidates = tracing::field::Empty,
            traced = tracing::field::Empty,
            collected = tracing::field::Empty,
            uncollectable = tracing::field::Empty,
            duration_ns = tracing::field::Empty,
        )
    };
}

#[cfg(feature = "tracing")]
impl CollectionSpan {
    /// Enters the span of a collection that starts. Panics are reported by the panic
    /// hook and go no further.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn enter(info: &CollectionInfo) -> CollectionSpan {
        CollectionSpan::entered(|| span!("gc", generation = info.generation.index()))
    }

    /// The same for a slice.
    ///
    /// Runs user code: the subscriber.
    pub(super) fn enter_slice(info: &CollectionInfo) -> CollectionSpan {
        CollectionSpan::entered(|| {
            span!(
                "gc_slice",
                generation = info.generation.index(),
                slice = info.slices,
                suspected = tracing::field::Empty,
                refuted = tracing::field::Empty
            )
        })
    }

    fn entered(span: impl FnOnce() -> tracing::Span) -> CollectionSpan {
        let mut entered = None;
        drop(FirstPanic::of(|| entered = Some(span().entered())));
        CollectionSpan(entered)
    }

    /// Records what the collection did so far, and leaves the span. Panics are reported by the
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
            // Those of a whole collection have no such fields.
            span.record("suspected", info.suspected);
            span.record("refuted", info.refuted);
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
    pub(super) fn enter_slice(_: &CollectionInfo) -> CollectionSpan {
        CollectionSpan
    }

    /// Does nothing.
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn exit(self, _: &CollectionInfo) {}
}
