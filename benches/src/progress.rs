//! A bar where there is a terminal, and lines where there is none.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// How far a phase is.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    last: String,
}

impl Progress {
    /// A phase of so many steps.
    #[must_use]
    pub(crate) fn new(phase: &'static str, steps: usize) -> Progress {
        let style = "{prefix:>12} [{bar:30}] {pos}/{len} {elapsed}, {eta} to go: {msg}";
        let style = ProgressStyle::with_template(style).expect("the template is right");
        let bar = ProgressBar::new(steps as u64).with_style(style).with_prefix(phase);
        Progress { bar, last: String::new() }
    }

    /// The next step is about `group`, and about `detail` in it.
    pub(crate) fn step(&mut self, group: &str, detail: &str) {
        self.bar.set_message(format!("{group}: {detail}"));
        self.bar.inc(1);
        if !stderr().is_terminal() && self.last != group {
            let (position, length) = (self.bar.position(), self.bar.length().unwrap_or(0));
            eprintln!("{} {position}/{length}: {group}", self.bar.prefix());
            group.clone_into(&mut self.last);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
