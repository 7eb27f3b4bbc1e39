//! `num-bigint` 0.4: leaves.

use num_bigint_0_4::{BigInt, BigUint, ParseBigIntError, Sign};

leaves! { ParseBigIntError, Sign }

leaves! {
    owners:
    {} BigInt => owns |this| bytes(this.bits()),
    {} BigUint => owns |this| bytes(this.bits()),
}

/// The bytes of a number of so many bits.
fn bytes(bits: u64) -> usize {
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}
