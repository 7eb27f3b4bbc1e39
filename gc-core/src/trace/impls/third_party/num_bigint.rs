//! `num-bigint` 0.4: leaves.

use num_bigint_0_4::{BigInt, BigUint, ParseBigIntError, Sign};

leaves! { BigInt, BigUint, ParseBigIntError, Sign }
