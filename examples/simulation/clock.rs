//! The time that a frame takes of the processor. What other programs take does not count.

use std::time::Duration;

/// The processor time that this thread has taken.
#[cfg(unix)]
pub(crate) fn now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` has room for what is written.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "the system has a clock for threads");
    let seconds = u64::try_from(time.tv_sec).expect("time goes forward");
    let nanoseconds = u64::try_from(time.tv_nsec).expect("time goes forward");
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}

/// The time since this function was called first.
#[cfg(not(unix))]
pub(crate) fn now() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
