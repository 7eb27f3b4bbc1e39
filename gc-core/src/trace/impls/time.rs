//! Time: leaves.

use core::time::{Duration, TryFromFloatSecsError};
use std::time::{Instant, SystemTime, SystemTimeError};

leaves! { Duration, TryFromFloatSecsError, Instant, SystemTime, SystemTimeError }
