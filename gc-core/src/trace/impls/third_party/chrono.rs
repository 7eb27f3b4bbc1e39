//! `chrono` 0.4: leaves. A time zone of the user's own is not looked into.

use chrono_0_4::{
    DateTime, Days, FixedOffset, IsoWeek, Month, Months, NaiveDate, NaiveDateTime, NaiveTime,
    NaiveWeek, ParseError, ParseMonthError, ParseWeekdayError, TimeDelta, TimeZone, Utc, Weekday,
};

leaves! {
    NaiveDate, NaiveTime, NaiveDateTime, NaiveWeek, IsoWeek, Weekday, Month,
    {Tz: TimeZone} DateTime<Tz>, Utc, FixedOffset, TimeDelta, Days, Months,
    ParseError, ParseMonthError, ParseWeekdayError,
}
