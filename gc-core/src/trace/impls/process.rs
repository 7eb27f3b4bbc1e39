//! Processes, threads, the environment and panics: leaves.

use core::panic::Location;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::env::{Args, ArgsOs, JoinPathsError, VarError, Vars, VarsOs};
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitCode, ExitStatus, Output, Stdio,
};
use std::thread::{self, AccessError, JoinHandle, LocalKey, Thread, ThreadId};

leaves! {
    Child, ChildStdin, ChildStdout, ChildStderr, Command, ExitCode, ExitStatus, Output, Stdio,
}

// The result of a thread was sent from it, so it owns no `Gc`. The contents of a
// `LocalKey` belong to the thread.
leaves! {
    Thread, ThreadId, thread::Builder, AccessError, {T} JoinHandle<T>, {T} LocalKey<T>,
}

leaves! {
    Args, ArgsOs, Vars, VarsOs, VarError, JoinPathsError,
    Backtrace, BacktraceStatus, Location<'_>,
}
