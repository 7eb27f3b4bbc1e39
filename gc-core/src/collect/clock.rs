//! How long collections take, where there is a clock.
//!
//! `wasm32-unknown-unknown` has none: `std::time::Instant::now` traps there. With the
//! feature `web-time` the clock of the browser is asked, otherwise all durations are 0.
//! Nothing depends on them but what is reported.

use core::time::Duration;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::time::Instant;
#[cfg(all(target_family = "wasm", target_os = "unknown", feature = "web-time"))]
use web_time::Instant;

/// No clock.
#[cfg(all(target_family = "wasm", target_os = "unknown", not(feature = "web-time")))]
struct Instant;

#[cfg(all(target_family = "wasm", target_os = "unknown", not(feature = "web-time")))]
impl Instant {
    fn now() -> Instant {
        Instant
    }

    #[expect(clippy::unused_self, reason = "as the real ones")]
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Measures the time since it was started.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
