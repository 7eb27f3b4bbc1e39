//! What each collection did, on its way to the page.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::mem;
use core::time::Duration;

use gcycle::gc::{self, CollectionInfo, Phase};
use web_time::Instant;

use crate::{host, memory, milliseconds, number};

/// The numbers of one collection: generation, candidates examined, objects examined, objects
/// freed, milliseconds.
pub(crate) const ROW: usize = 5;

/// As many as the page draws.
const MOST_ROWS: usize = 120;

/// Ten times each second is as often as somebody can read it.
const PERIOD: Duration = Duration::from_millis(100);

std::thread_local! {
    static LOG: RefCell<Log> = RefCell::new(Log::new());
}

struct Log {
    rows: VecDeque<[f64; ROW]>,
    missed: u32,
    shown: Instant,
}

impl Log {
    fn new() -> Log {
        Log { rows: VecDeque::new(), missed: 0, shown: Instant::now() }
    }

    fn add(&mut self, info: &CollectionInfo) {
        if self.rows.len() == MOST_ROWS {
            self.rows.pop_front();
            self.missed = self.missed.saturating_add(1);
        }
        self.rows.push_back([
            f64::from(info.generation as u8),
            number(info.candidates),
            number(info.traced),
            number(info.collected),
            milliseconds(info.duration),
        ]);
    }

    fn take(&mut self) -> (Vec<f64>, u32) {
        self.shown = Instant::now();
        (self.rows.drain(..).flatten().collect(), mem::take(&mut self.missed))
    }
}

/// Notes all collections from now on, and shows them from time to time.
pub(crate) fn begin() {
    gc::add_callback(|phase, info| {
        if phase == Phase::Stop {
            let is_due = LOG.with_borrow_mut(|log| {
                log.add(info);
                log.shown.elapsed() > PERIOD
            });
            if is_due {
                show();
            }
        }
    });
}

/// Shows those that were not shown yet.
pub(crate) fn show() {
    let (rows, missed) = LOG.with_borrow_mut(Log::take);
    host::show_collections(&rows, missed, &memory());
}
