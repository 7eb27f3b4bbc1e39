//! How a workload is measured.
//!
//! A workload asks [`Meter::more`] for another round, prepares it, and hands the
//! part that counts to [`Meter::sample`]. The first round warms memory up and is
//! not recorded. Under valgrind only the function [`measured`] is counted: its
//! name is what the runner passes to `--toggle-collect`.
//!
//! Time is the processor time of the thread: on a machine that others use too,
//! the clock on the wall also counts their work.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

use crate::library::Runtime;

/// A workload on some library, and its name.
pub type Named = (&'static str, fn(&mut Meter));

/// How large the workloads are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For the clock.
    Full,
    /// For an instruction counter, which is fifty times slower.
    Small,
}

/// One measured round.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What the measured part took.
    pub time: Duration,
    /// How many operations it did.
    pub operations: u64,
}

/// Runs the rounds of one workload and keeps what they took.
#[derive(Debug)]
pub struct Meter {
    size: Size,
    rounds: usize,
    is_warm: bool,
    samples: Vec<Sample>,
    started: Instant,
    budget: Duration,
    traced: u64,
    collector_time: Duration,
    wall_time: Duration,
    remarks: Vec<(&'static str, f64)>,
}

impl Meter {
    /// A meter for at most so many recorded rounds, fewer if they take longer
    /// than `budget`.
    #[must_use]
    pub fn new(size: Size, rounds: usize, budget: Duration) -> Self {
        Meter {
            size,
            rounds,
            is_warm: false,
            samples: Vec::new(),
            started: Instant::now(),
            budget,
            traced: 0,
            collector_time: Duration::ZERO,
            wall_time: Duration::ZERO,
            remarks: Vec::new(),
        }
    }

    /// `full`, or `small` when instructions are counted.
    #[must_use]
    pub fn size(&self, full: usize, small: usize) -> usize {
        match self.size {
            Size::Full => full,
            Size::Small => small,
        }
    }

    /// Leaves the warm-up out and records one round only: for workloads that
    /// take so much memory that the first touch of it is part of the matter.
    pub fn only_once(&mut self) {
        self.is_warm = true;
        self.rounds = 1;
    }

    /// Whether another round is wanted.
    #[must_use]
    pub fn more(&self) -> bool {
        self.samples.len() < self.rounds
            && (self.samples.len() < 2 || self.started.elapsed() < self.budget)
    }

    /// Measures `work`, which does so many operations on the library `L`.
    pub fn sample<L: Runtime, R>(&mut self, operations: u64, work: impl FnOnce() -> R) -> R {
        if !self.is_warm {
            self.is_warm = true;
            return warm_up(work);
        }
        let (traced, collector_time) = (L::traced(), L::collector_time());
        let started = Instant::now();
        let (result, time) = measured(work);
        self.wall_time += started.elapsed();
        self.traced += L::traced().unwrap_or(0) - traced.unwrap_or(0);
        self.collector_time += L::collector_time()
            .unwrap_or_default()
            .saturating_sub(collector_time.unwrap_or_default());
        self.samples.push(Sample { time, operations });
        result
    }

    /// Takes a round in that was measured elsewhere, in a process of its own.
    pub fn record(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// Notes a figure that is not a time.
    pub fn remark(&mut self, name: &'static str, value: f64) {
        self.remarks.push((name, value));
    }

    /// The recorded rounds.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The figures that are not times.
    #[must_use]
    pub fn remarks(&self) -> &[(&'static str, f64)] {
        &self.remarks
    }

    /// Objects traced during all recorded rounds.
    #[must_use]
    pub fn traced(&self) -> u64 {
        self.traced
    }

    /// The part of the recorded rounds that collections took, both by the clock
    /// on the wall, as a library that times its collections goes by that.
    #[must_use]
    pub fn collector_share(&self) -> f64 {
        self.collector_time.as_secs_f64() / self.wall_time.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// The only function whose instructions are counted.
#[inline(never)]
fn measured<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let started = ThreadTime::now();
    let result = work();
    (result, started.elapsed())
}

/// Not counted.
#[inline(never)]
fn warm_up<R>(work: impl FnOnce() -> R) -> R {
    work()
}
