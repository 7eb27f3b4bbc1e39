//! Numbers that resemble each other, spread over a table: addresses and pages.

/// The number of `usize`s divided by the golden ratio; Knuth, *The Art of Computer
/// Programming*, volume 3, section 6.4.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::cast_possible_truncation, reason = "only the upper half is left on 32 bits")
)]
const GOLDEN_RATIO: usize = (0x9E37_79B9_7F4A_7C15_u64 >> (u64::BITS - usize::BITS)) as usize;

/// A place for `number`, as a number of as many bits as are used: all but `unused_bits`.
#[inline]
pub(crate) fn spread(number: usize, unused_bits: u32) -> usize {
    number.wrapping_mul(GOLDEN_RATIO) >> unused_bits
}
