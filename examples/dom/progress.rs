//! A progress bar for long work: on a terminal, and only once it took a while.

use core::time::Duration;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget};

/// Work that takes less time needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// The steps done so far.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// Nothing of `steps` is done.
    pub(crate) fn new(steps: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden());
        Progress { bar, started: Instant::now() }
    }

    /// One more step is done.
    pub(crate) fn step(&self) {
        if self.bar.is_hidden() && self.started.elapsed() >= PATIENCE {
            // Draws nothing where stderr is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    /// The work is done, or has failed; either way the line is free again.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
