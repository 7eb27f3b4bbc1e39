//! `tendril` 0.5: leaves. Text that is shared counts for each of its owners.

use tendril_0_5::fmt::Format;
use tendril_0_5::{Atomicity, SendTendril, SubtendrilError, Tendril};

/// What is no longer than this lies in place.
const IN_PLACE: u32 = 8;

leaves! {
    owners:
    {F: Format, A: Atomicity} Tendril<F, A> => owns |this| match this.len32() {
        ..=IN_PLACE => 0,
        length => length as usize,
    },
}

leaves! { {F: Format} SendTendril<F>, SubtendrilError }
