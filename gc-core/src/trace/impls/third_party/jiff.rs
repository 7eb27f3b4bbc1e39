//! `jiff` 0.2: leaves.

use jiff_0_2::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff_0_2::tz::{Offset, TimeZone};
use jiff_0_2::{Error, SignedDuration, Span, Timestamp, Unit, Zoned};

leaves! {
    Date, DateTime, ISOWeekDate, Time, Weekday, Offset, TimeZone,
    Error, SignedDuration, Span, Timestamp, Unit, Zoned,
}
