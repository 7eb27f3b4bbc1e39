//! How long something takes that several threads do at the same time.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// How often a measurement is repeated in which the threads did not run at the same time.
const ATTEMPTS: usize = 5;
/// Which share of the time they have to.
const PARALLEL: f64 = 0.8;

/// The processor time that one thread takes to do it, while so many do. If other programs keep them
/// from running at the same time, they do it again, since then they do not get in each other's way;
/// `None` if that never was so.
pub(crate) fn each(threads: usize, work: impl Fn(u64) + Sync) -> Option<Duration> {
    let mut attempts = (0..ATTEMPTS).map(|_| each_once(threads, &work));
    let is_parallel = |&(processor, clock): &(Duration, Duration)| {
        processor.as_secs_f64() >= PARALLEL * clock.as_secs_f64()
    };
    attempts.find(is_parallel).map(|(processor, _)| processor)
}

/// The same once, and the time that has passed from the first beginning to the last end. Each thread
/// looks at its own clocks: one that waits for the others would look when it gets its turn.
fn each_once(threads: usize, work: &(impl Fn(u64) + Sync)) -> (Duration, Duration) {
    if threads == 1 {
        let turn = Turn::of(|| work(0));
        return (turn.processor, turn.processor);
    }
    let barrier = Barrier::new(threads);
    let turns: Vec<Turn> = thread::scope(|scope| {
        let barrier = &barrier;
        let take_turn = |number| {
            scope.spawn(move || {
                barrier.wait();
                Turn::of(|| work(number))
            })
        };
        let running: Vec<_> = (0..threads as u64).map(take_turn).collect();
        running.into_iter().map(|turn| turn.join().expect("no thread panics")).collect()
    });
    let processor: Duration = turns.iter().map(|turn| turn.processor).sum();
    let start = turns.iter().map(|turn| turn.start).min().expect("there are threads");
    let end = turns.iter().map(|turn| turn.end).max().expect("there are threads");
    (processor / threads as u32, end - start)
}

/// What one thread did.
struct Turn {
    processor: Duration,
    start: Instant,
    end: Instant,
}

impl Turn {
    fn of(work: impl FnOnce()) -> Turn {
        let (start, before) = (Instant::now(), processor_time());
        work();
        Turn { processor: processor_time().saturating_sub(before), start, end: Instant::now() }
    }
}

/// The processor time that this thread has taken.
pub(crate) fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` has room for what is written.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "the system has a clock for threads");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
