//! `time` 0.3: leaves.

use time_0_3::error::{ComponentRange, ConversionRange, DifferentVariant};
use time_0_3::{
    Date, Duration, Error, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset,
    Weekday,
};

leaves! {
    Date, Duration, Error, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset,
    Weekday, ComponentRange, ConversionRange, DifferentVariant,
}
