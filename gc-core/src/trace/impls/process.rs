//! Processes, threads, the environment and panics: leaves.

use core::panic::Location;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::env::{Args, ArgsOs, JoinPathsError, SplitPaths, VarError, Vars, VarsOs};
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, CommandArgs, CommandEnvs, ExitCode,
    ExitStatus, Output, Stdio,
};
use std::thread::{self, AccessError, JoinHandle, LocalKey, ScopedJoinHandle, Thread, ThreadId};

leaves! {
    quiet:
    Child, ChildStdin, ChildStdout, ChildStderr, Stdio,
    Output => owns |this| this.stdout.capacity() + this.stderr.capacity(),
}

leaves! { Command, CommandArgs<'_>, CommandEnvs<'_>, ExitCode, ExitStatus }

// The result of a thread was sent from it, so it owns no `Gc`. The contents of a
// `LocalKey` belong to the thread.
leaves! {
    ThreadId, AccessError, {T} JoinHandle<T>, {T} ScopedJoinHandle<'_, T>, {T} LocalKey<T>,
}

leaves! { quiet: Thread, thread::Builder }

leaves! { quiet: Args, ArgsOs, Vars, VarsOs, VarError, Backtrace }

leaves! { JoinPathsError, SplitPaths<'_>, BacktraceStatus, Location<'_> }
