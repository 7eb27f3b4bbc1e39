//! Ranges, which own their ends.

use core::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

fields! {
    {T} Range<T> => |this| { "start": T = &this.start, "end": T = &this.end },
    {T} RangeInclusive<T> => |this| { "start": T = this.start(), "end": T = this.end() },
    {T} RangeFrom<T> => |this| { "start": T = &this.start },
    {T} RangeTo<T> => |this| { "end": T = &this.end },
    {T} RangeToInclusive<T> => |this| { "end": T = &this.end },
}

leaves! { RangeFull }
