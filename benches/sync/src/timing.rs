//! How long something takes that several threads do at the same time.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// How often a measurement is repeated in which the threads did not run at the same time.
const ATTEMPTS: usize = 5;
/// Which share of the time they have to.
const PARALLEL: f64 = 0.8;

/// The time that one thread takes to do it, while so many do; `None` if they never ran at the same time.
///
/// With several threads it is the mean of the times in which they run, or wait for each other. Not all
/// take the same time, as one may collect for all. If other programs keep them from running at the same
/// time, they do it again, since then they do not get in each other's way.
pub(crate) fn each(threads: usize, work: impl Fn(u64) + Sync) -> Option<Duration> {
    if threads == 1 {
        let before = processor_time();
        work(0);
        return Some(processor_time().saturating_sub(before));
    }
    let mut attempts = (0..ATTEMPTS).map(|_| each_once(threads, &work));
    let turns = attempts.find(|turns| are_parallel(turns))?;
    Some(turns.iter().map(Turn::taken).sum::<Duration>() / threads as u32)
}

/// The same once. Each thread looks at its own clock: one that waits for the others would look when it
/// gets its turn.
fn each_once(threads: usize, work: &(impl Fn(u64) + Sync)) -> Vec<Turn> {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        let barrier = &barrier;
        let take_turn = |number| {
            scope.spawn(move || {
                barrier.wait();
                Turn::of(|| work(number))
            })
        };
        let running: Vec<_> = (0..threads as u64).map(take_turn).collect();
        running.into_iter().map(|turn| turn.join().expect("no thread panics")).collect()
    })
}

/// Whether other programs kept none from running for long, and none began when another was nearly done.
fn are_parallel(turns: &[Turn]) -> bool {
    let has_run = |turn: &Turn| turn.taken() >= turn.length().mul_f64(PARALLEL);
    let last_start = turns.iter().map(|turn| turn.start).max().expect("there are threads");
    let first_end = turns.iter().map(|turn| turn.end).min().expect("there are threads");
    let shortest = turns.iter().map(Turn::length).min().expect("there are threads");
    let together = first_end.saturating_duration_since(last_start);
    turns.iter().all(has_run) && together >= shortest.mul_f64(PARALLEL)
}

/// When one thread began and ended, and how long it was ready in between while other programs ran.
struct Turn {
    start: Instant,
    end: Instant,
    delayed: Duration,
}

impl Turn {
    fn of(work: impl FnOnce()) -> Turn {
        let delays = Delays::open();
        let (start, before) = (Instant::now(), delays.so_far());
        work();
        let (end, after) = (Instant::now(), delays.so_far());
        Turn { start, end, delayed: after.saturating_sub(before) }
    }

    fn length(&self) -> Duration {
        self.end - self.start
    }

    /// The time in which it ran, or waited for another thread.
    fn taken(&self) -> Duration {
        self.length().saturating_sub(self.delayed)
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

/// How long this thread was ready to run, and did not, as the system counts it.
pub(crate) struct Delays(Option<File>);

impl Delays {
    pub(crate) fn open() -> Delays {
        Delays(File::open("/proc/thread-self/schedstat").ok())
    }

    pub(crate) fn so_far(&self) -> Duration {
        let mut text = [0; 64];
        let read = self.0.as_ref().and_then(|file| file.read_at(&mut text, 0).ok()).unwrap_or(0);
        let text = std::str::from_utf8(&text[..read]).unwrap_or_default();
        let nanoseconds = text.split(' ').nth(1).and_then(|number| number.parse().ok());
        Duration::from_nanos(nanoseconds.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    use super::{Turn, are_parallel};

    /// A turn from one millisecond to another, of which it was delayed for some.
    fn turn(start: u64, end: u64, delayed: u64) -> Turn {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        let origin = *ORIGIN.get_or_init(Instant::now);
        let at = |milliseconds| origin + Duration::from_millis(milliseconds);
        Turn { start: at(start), end: at(end), delayed: Duration::from_millis(delayed) }
    }

    #[test]
    fn turns_are_parallel_unless_they_miss_each_other() {
        assert!(are_parallel(&[turn(0, 100, 0), turn(5, 105, 20)]));
        assert!(are_parallel(&[turn(0, 40, 0), turn(0, 100, 0)]), "one may take longer");
        assert!(!are_parallel(&[turn(0, 100, 30), turn(0, 100, 0)]), "one was delayed");
        assert!(!are_parallel(&[turn(0, 100, 0), turn(50, 150, 0)]), "one began late");
        assert!(!are_parallel(&[turn(0, 100, 0), turn(100, 200, 0)]), "one after the other");
    }

    #[test]
    fn what_a_thread_was_delayed_does_not_count() {
        assert_eq!(turn(0, 100, 30).taken(), Duration::from_millis(70));
    }
}
