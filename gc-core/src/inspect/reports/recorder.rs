//! [`Recorder`]: looks at the heap of its thread again and again.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use crate::collect::clock::Stopwatch;
use crate::gc::{
    CallbackId, CollectionInfo, Phase, add_callback, get_stats, memory, remove_callback,
};
use crate::inspect::graph::head_count::head_count;
use crate::inspect::reports::metrics::Pauses;
use crate::inspect::reports::recording::{Moment, Recording};

/// How often a [`Recorder`] looks at the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// At the first collection after so much time.
    Time(Duration),
    /// After so many collections.
    Collections(u64),
}

impl From<Duration> for Interval {
    fn from(time: Duration) -> Interval {
        Interval::Time(time)
    }
}

impl Interval {
    fn doubled(self) -> Interval {
        match self {
            Interval::Time(time) => Interval::Time(time.saturating_mul(2)),
            Interval::Collections(count) => Interval::Collections(count.max(1).saturating_mul(2)),
        }
    }
}

/// Records the heap of this thread over time, from its start until it is dropped: how much is
/// there, of which types, what collections freed, and how long they took.
///
/// It looks at the heap when a collection ends and the [interval](Interval) is over, and when
/// you call [`record`](Recorder::record) or [`record_if_due`](Recorder::record_if_due). That
/// takes a few nanoseconds for each object; nothing is traced.
///
/// The memory that it takes is bounded: of 512 moments every second one is left out, and the
/// interval is doubled. A moment takes some 250 bytes, and 24 for each type.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, gc, inspect::{Interval, Recorder}};
///
/// let recorder = Recorder::start(Interval::Collections(1));
/// let mut leak = Vec::new();
/// for number in 0..10_u64 {
///     leak.push(Gc::new(number));
///     gc::collect();
/// }
/// let recording = recorder.recording();
/// println!("{recording}");
///
/// // Compare any two moments.
/// let rows = recording.growth(0, recording.moments().len() - 1);
/// assert_eq!((rows[0].type_name, rows[0].count_growth()), ("u64", 10));
/// ```
pub struct Recorder {
    callback: CallbackId,
    state: Rc<RefCell<State>>,
    of_this_thread: PhantomData<*const ()>,
}

/// So many moments are kept at the most.
const MOST_MOMENTS: usize = 512;

struct State {
    clock: Stopwatch,
    interval: Interval,
    most: usize,
    /// When the last moment was recorded.
    last: Duration,
    /// The pauses of the collections that have ended since the last moment,
    pauses: Pauses,
    /// and how many these were.
    collections: u64,
    recording: Recording,
}

impl Recorder {
    /// Starts to record, with a first moment.
    #[must_use = "recording ends when the recorder is dropped"]
    pub fn start(interval: impl Into<Interval>) -> Recorder {
        Recorder::start_with(interval, MOST_MOMENTS)
    }

    /// Starts to record with at most `most` moments, which are at least four.
    #[must_use = "recording ends when the recorder is dropped"]
    pub fn start_with(interval: impl Into<Interval>, most: usize) -> Recorder {
        let state = Rc::new(RefCell::new(State {
            clock: Stopwatch::start(),
            interval: interval.into(),
            most: most.max(4),
            last: Duration::ZERO,
            pauses: Pauses::default(),
            collections: 0,
            recording: Recording::default(),
        }));
        let seen = Rc::clone(&state);
        let callback = add_callback(move |phase, info| {
            if phase == Phase::Stop {
                seen.borrow_mut().note(info);
            }
        });
        state.borrow_mut().record(false);
        Recorder { callback, state, of_this_thread: PhantomData }
    }

    /// Records the heap as it is now.
    pub fn record(&self) {
        self.state.borrow_mut().record(false);
    }

    /// Records the heap as it is now, if the interval is over.
    ///
    /// Call it where the program has time, if collections are rare: at the end of a request, or
    /// of a frame.
    pub fn record_if_due(&self) {
        self.state.borrow_mut().record_if_due();
    }

    /// What was recorded until now.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.state.borrow().recording.clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        remove_callback(self.callback);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.borrow();
        f.debug_struct("Recorder")
            .field("interval", &state.interval)
            .field("moments", &state.recording.moments().len())
            .finish_non_exhaustive()
    }
}

impl State {
    /// A collection has ended.
    fn note(&mut self, info: &CollectionInfo) {
        self.pauses.add(info);
        self.collections += 1;
        self.record_if_due();
    }

    fn record_if_due(&mut self) {
        let is_due = match self.interval {
            Interval::Time(time) => self.clock.elapsed().saturating_sub(self.last) >= time,
            Interval::Collections(count) => self.collections >= count,
        };
        if is_due {
            self.record(true);
        }
    }

    /// Records a moment that is due, or that the program asked for: these do not make the others
    /// rarer. Nothing in here is code of the program.
    fn record(&mut self, is_due: bool) {
        if self.recording.moments().len() >= self.most {
            if is_due {
                self.interval = self.interval.doubled();
            }
            let left = self.recording.thin_out();
            self.pauses.merge(&left);
        }
        self.last = self.clock.elapsed();
        let pauses = core::mem::take(&mut self.pauses);
        self.collections = 0;
        let mut moment = Moment::new(self.last, memory(), pauses);
        for stats in get_stats() {
            moment.collections += stats.collections;
            moment.collected += stats.collected;
        }
        self.recording.push(moment, &head_count());
    }
}
