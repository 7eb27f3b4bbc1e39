//! What the command line says about the collector, and what it shows of it.
//!
//! Everything here is a few calls of the library: a language gets these tools
//! for free.

use alloc::boxed::Box;
use core::cell::Cell;
use core::error::Error;
use core::time::Duration;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gcycle::gc::{self, DebugFlags, Generation, Phase};
use gcycle::inspect::{HeapSnapshot, HtmlPage};

/// What to do with the collector.
pub(crate) struct CollectorOptions {
    /// Never collect automatically.
    pub(crate) is_off: bool,
    /// When to collect.
    pub(crate) thresholds: Option<[u32; 3]>,
    /// At exit, print what the collector did.
    pub(crate) prints_stats: bool,
    /// Print a line for each collection.
    pub(crate) prints_log: bool,
    /// At exit, write a page there that shows the heap.
    pub(crate) heap_page: Option<PathBuf>,
}

std::thread_local! {
    static LONGEST_PAUSE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

impl CollectorOptions {
    /// Sets the collector up, before the program starts.
    pub(crate) fn prepare(&self) {
        if let Some([young, middle, old]) = self.thresholds {
            gc::set_threshold(young, middle, old);
        }
        if self.is_off {
            gc::disable();
        }
        if self.prints_log {
            gc::set_debug(DebugFlags::STATS | DebugFlags::COLLECTABLE);
        }
        if self.prints_stats {
            note_longest_pause();
        }
    }

    /// Shows what was asked for, after the program called `title` ran for
    /// `elapsed`; its globals are still there.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be written.
    pub(crate) fn report(&self, title: &str, elapsed: Duration) -> Result<(), Box<dyn Error>> {
        if self.prints_stats {
            write_stats(&mut io::stderr().lock(), elapsed)?;
        }
        if let Some(path) = &self.heap_page {
            write_heap_page(title, path).map_err(|error| {
                format!("Could not write file \"{}\": {error}.", path.display())
            })?;
        }
        Ok(())
    }
}

fn note_longest_pause() {
    gc::add_callback(|phase, info| {
        if phase == Phase::Stop {
            LONGEST_PAUSE.set(LONGEST_PAUSE.get().max(info.duration));
        }
    });
}

/// Writes the page of `gcycle::inspect`: what is in the heap, and why.
fn write_heap_page(title: &str, path: &Path) -> io::Result<()> {
    let snapshot = HeapSnapshot::capture();
    snapshot.to_html(&HtmlPage::new(title), File::create(path)?)
}

fn write_stats(out: &mut dyn Write, elapsed: Duration) -> io::Result<()> {
    writeln!(out, "gc: generation  collections  candidates      traced   collected        time")?;
    let stats = gc::get_stats();
    for (generation, stats) in Generation::ALL.iter().zip(&stats) {
        writeln!(
            out,
            "gc: {:<10} {:>12} {:>11} {:>11} {:>11} {:>8.1} ms",
            format!("{generation:?}"),
            stats.collections,
            stats.candidates,
            stats.traced,
            stats.collected,
            milliseconds(stats.duration),
        )?;
    }
    let paused: Duration = stats.iter().map(|stats| stats.duration).sum();
    writeln!(
        out,
        "gc: {:.1} ms of {:.1} ms ({:.1} %), longest pause {:.3} ms",
        milliseconds(paused),
        milliseconds(elapsed),
        100.0 * paused.as_secs_f64() / elapsed.as_secs_f64(),
        milliseconds(LONGEST_PAUSE.get()),
    )?;
    let memory = gc::memory();
    writeln!(
        out,
        "gc: {} objects in {} KiB; {} KiB reserved, at most {} KiB",
        memory.objects,
        memory.live_bytes / 1024,
        memory.reserved_bytes / 1024,
        memory.peak_bytes / 1024,
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
