//! One measurement: a graph, on a library, in this process; and what several of the same come to.

use std::fs;
use std::io::{self, BufRead, Write};

use fastrand::Rng;
use gcycle::gc;
use hdrhistogram::Histogram;

use crate::graphs::Kind;
use crate::library::{Arena, Boa, Gcycle, Library};

/// A library, and how it collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// gcycle as it is.
    Default,
    /// gcycle, with each collection in one go.
    Unlimited,
    /// `boa_gc` as it is.
    Boa,
    /// `gc-arena`, which pays its debt after each operation.
    Arena,
}

impl Variant {
    /// All of them.
    pub(crate) const ALL: [Variant; 4] =
        [Variant::Default, Variant::Unlimited, Variant::Boa, Variant::Arena];

    /// What the command line and the page call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Variant::Default => "gcycle",
            Variant::Unlimited => "gcycle-in-one-go",
            Variant::Boa => "boa_gc",
            Variant::Arena => "gc-arena",
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The graph.
    pub(crate) kind: Kind,
    /// About how many nodes it has.
    pub(crate) live: usize,
    /// How many operations are timed.
    pub(crate) operations: usize,
    /// On which library.
    pub(crate) variant: Variant,
}

/// The shares of operations of which a row says how long they took at most.
pub(crate) const SHARES: [f64; 5] = [0.5, 0.99, 0.999, 0.9999, 1.0];

/// The result of some measurements of the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row {
    /// How many operations were timed in each: all, unless they took too long.
    pub(crate) operations: u64,
    /// Milliseconds, for each of [`SHARES`].
    pub(crate) pauses: [f64; 5],
    /// The seconds that all operations took together.
    pub(crate) total: f64,
    /// The most memory that the process had resident, in MiB.
    pub(crate) peak: f64,
}

/// What one process measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Times {
    /// The nanoseconds that each operation took.
    each: Vec<u64>,
    /// The nanoseconds that all took together, with the clock.
    total: u64,
    /// The most memory that the process had resident, in KiB; 0 where the system does not say.
    peak: u64,
}

/// After so many nanoseconds of processor time no further operation is timed.
const TIME_LIMIT: u64 = 120_000_000_000;

/// The seed of all random numbers: each library does the same.
const SEED: u64 = 42;

/// Builds the graph, and times the operations on it.
pub(crate) fn run(case: Case) -> Times {
    match case.variant {
        Variant::Default => on_handles(case, Gcycle, gcycle_collect),
        Variant::Unlimited => {
            gc::set_budget(gc::Budget::Unlimited);
            on_handles(case, Gcycle, gcycle_collect)
        }
        Variant::Boa => on_handles(case, Boa, boa_gc::force_collect),
        Variant::Arena => in_arena(case),
    }
}

fn gcycle_collect() {
    gc::collect();
}

fn on_handles<L: Library>(case: Case, library: L, collect: impl Fn()) -> Times {
    let mut rng = Rng::with_seed(SEED);
    let graph = case.kind.build(library, case.live, &mut rng);
    collect();
    time(case.operations, |number| case.kind.operate(library, &graph, number, &mut rng))
}

fn in_arena(case: Case) -> Times {
    type Root<'gc> = [gc_arena::Gc<'gc, crate::library::ArenaNode<'gc>>; 2];
    let mut rng = Rng::with_seed(SEED);
    let mut arena = gc_arena::Arena::<gc_arena::Rootable![Root<'_>]>::new(|mutation| {
        case.kind.build(Arena(mutation), case.live, &mut rng)
    });
    arena.finish_cycle();
    time(case.operations, |number| {
        arena.mutate(|mutation, graph| {
            case.kind.operate(Arena(mutation), graph, number, &mut rng);
        });
        arena.collect_debt();
    })
}

/// Times each operation.
fn time(operations: usize, mut operate: impl FnMut(usize)) -> Times {
    let mut each = Vec::with_capacity(operations);
    let start = processor_time();
    let mut before = start;
    for number in 0..operations {
        operate(number);
        let now = processor_time();
        each.push(now - before);
        if now - start > TIME_LIMIT {
            break;
        }
        before = processor_time();
    }
    Times { each, total: processor_time() - start, peak: peak_memory() }
}

/// The nanoseconds of processor time that this thread has taken.
fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` has room for what is written.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "the system has a clock for threads");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The most memory that this process had resident, in KiB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

impl Times {
    /// Writes them as lines, for the process that waits for them.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        writeln!(to, "{}\n{}", self.total, self.peak)?;
        self.each.iter().try_for_each(|time| writeln!(to, "{time}"))
    }

    /// What [`write`](Times::write) wrote.
    pub(crate) fn read(from: impl BufRead) -> Result<Times, String> {
        let mut lines = from.lines();
        let mut number = || -> Result<Option<u64>, String> {
            let Some(line) = lines.next() else { return Ok(None) };
            let line = line.map_err(|error| error.to_string())?;
            line.parse().map(Some).map_err(|_| format!("it printed {line:?}"))
        };
        let mut first = || number()?.ok_or("it printed less than two lines".to_owned());
        let (total, peak) = (first()?, first()?);
        let mut each = Vec::new();
        while let Some(time) = number()? {
            each.push(time);
        }
        Ok(Times { each, total, peak })
    }
}

impl Row {
    /// The least of what some processes measured, for each operation and altogether: they did the
    /// same, so that only what the machine did beside makes a difference.
    pub(crate) fn least_of(processes: &[Times]) -> Row {
        let operations = processes.iter().map(|times| times.each.len()).min().unwrap_or(0);
        let mut pauses = Histogram::<u64>::new(3).expect("three digits are possible");
        pauses.auto(true);
        for number in 0..operations {
            let least = processes.iter().map(|times| times.each[number]).min().unwrap_or(0);
            pauses.record(least).expect("the histogram grows");
        }
        let least = |of: fn(&Times) -> u64| processes.iter().map(of).min().unwrap_or(0) as f64;
        Row {
            operations: pauses.len(),
            pauses: SHARES.map(|share| pauses.value_at_quantile(share) as f64 / 1e6),
            total: least(|times| times.total) / 1e9,
            peak: least(|times| times.peak) / 1024.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use gcycle::gc;

    use super::{Case, Row, Times, Variant, run};
    use crate::graphs::{Kind, members};
    use crate::library::Gcycle;

    #[test]
    fn each_graph_can_be_measured_on_each_library() {
        for kind in Kind::ALL {
            for variant in Variant::ALL {
                let times = run(Case { kind, live: 5000, operations: 300, variant });
                let row = Row::least_of(std::slice::from_ref(&times));
                let name = variant.name();
                assert_eq!(row.operations, 300, "{kind:?} on {name}");
                assert!(row.pauses.is_sorted(), "{kind:?} on {name}: {row:?}");
                assert!(row.pauses[0] > 0.0 && row.total > 0.0, "{kind:?} on {name}: {row:?}");
                let mut written = Vec::new();
                times.write(&mut written).expect("a vector takes everything");
                assert_eq!(Times::read(written.as_slice()), Ok(times));
                gc::set_budget(gc::Budget::default());
            }
        }
    }

    #[test]
    fn long_operations_are_told_from_short_ones() {
        let times = super::time(200, |number| {
            let most = if number == 100 { 3_000_000 } else { 1000 };
            let start = super::processor_time();
            while super::processor_time() - start < most {}
        });
        let row = Row::least_of(&[times]);
        let [median, .., longest] = row.pauses;
        assert!(median < 1.0 && longest >= 3.0 && row.total >= 0.003, "{row:?}");
    }

    #[test]
    fn operations_keep_the_size_of_a_graph_and_leave_nothing() {
        for kind in Kind::ALL {
            let mut rng = Rng::with_seed(7);
            let graph = kind.build(Gcycle, 5000, &mut rng);
            gc::collect();
            let before = gc::memory().tracked;
            for number in 0..2000 {
                kind.operate(Gcycle, &graph, number, &mut rng);
            }
            if kind == Kind::Component {
                assert_eq!(members::<Gcycle>(&graph[0]), 5000);
            }
            gc::collect();
            assert_eq!(gc::memory().tracked, before, "{kind:?}");
            drop(graph);
            gc::collect();
            assert_eq!(gc::memory().tracked, 0, "{kind:?}");
        }
    }
}
