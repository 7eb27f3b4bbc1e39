//! Processes that build something and end, and what they took.

use std::mem::MaybeUninit;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `main` returns.
    Return,
    /// It calls `std::process::exit`.
    Exit,
    /// It calls `_exit`: nothing of the program runs any more.
    AtOnce,
}

impl Ending {
    /// All of them.
    pub const ALL: [Ending; 3] = [Ending::Return, Ending::Exit, Ending::AtOnce];

    /// What the command line calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ending::Return => "return",
            Ending::Exit => "exit",
            Ending::AtOnce => "at-once",
        }
    }

    /// The ending of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Ending> {
        Ending::ALL.into_iter().find(|ending| ending.name() == name)
    }

    /// Ends the process so, if `main` returns what this returns.
    #[must_use]
    pub fn end(self) -> ExitCode {
        match self {
            Ending::Return => ExitCode::SUCCESS,
            Ending::Exit => std::process::exit(0),
            // SAFETY: `_exit` has no precondition; it does not return.
            Ending::AtOnce => unsafe { libc::_exit(0) },
        }
    }
}

/// The processor time of a process, from its start until the system has taken it down: this
/// program again, which builds `count` objects of `library` and ends.
///
/// # Panics
///
/// If the process cannot be started or fails.
#[must_use]
pub fn time_to_end(library: &str, ending: Ending, count: usize) -> Duration {
    let program = std::env::current_exe().expect("this program has a path");
    let before = time_of_children();
    let status = Command::new(program)
        .args(["end", library, ending.name(), &count.to_string()])
        .stdin(Stdio::null())
        .status()
        .expect("this program starts");
    assert!(status.success(), "it ends with {status}");
    time_of_children().checked_sub(before).expect("what ended stays counted")
}

/// The processor time of all children that ended and were waited for.
fn time_of_children() -> Duration {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `usage` has room for what is written.
    let result = unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) };
    assert_eq!(result, 0, "the system knows what children took");
    // SAFETY: zeros are valid for its integers, and it was written.
    let usage = unsafe { usage.assume_init() };
    let duration = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    duration(usage.ru_utime) + duration(usage.ru_stime)
}
