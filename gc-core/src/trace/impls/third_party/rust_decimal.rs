//! `rust_decimal` 1: leaves.

use rust_decimal_1::{Decimal, Error, RoundingStrategy};

leaves! { Decimal, Error, RoundingStrategy }
