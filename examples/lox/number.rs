//! Numbers: how they are kept, and how they are printed.
//!
//! Kept as their bits: a [`Value`](crate::value::Value) is a tag and one integer,
//! pointer or nothing, a pair that Rust passes in two registers. With a float in
//! one of its variants, every value would go through memory.
//!
//! Printed as C's `printf("%g")` does, which is how Lox prints: six significant
//! digits, no zeros at the end, and an exponent when the number is below 0.0001
//! or has more than six digits before the point.

use core::cmp::Ordering;
use core::fmt;

use gcycle::Trace;

/// A number.
#[derive(Clone, Copy, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Number(u64);

impl Number {
    /// Keeps `number`.
    #[inline]
    pub(crate) fn new(number: f64) -> Number {
        Number(number.to_bits())
    }

    /// The number.
    #[inline]
    pub(crate) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// What is not a number is not equal to itself, as in C.
impl PartialEq for Number {
    #[inline]
    fn eq(&self, other: &Number) -> bool {
        self.get() == other.get()
    }
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        self.get().partial_cmp(&other.get())
    }

    #[inline]
    fn lt(&self, other: &Number) -> bool {
        self.get() < other.get()
    }

    #[inline]
    fn gt(&self, other: &Number) -> bool {
        self.get() > other.get()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.get();
        if number.is_sign_negative() {
            f.write_str("-")?;
        }
        let number = number.abs();
        if number.is_nan() {
            return f.write_str("nan");
        }
        if number.is_infinite() {
            return f.write_str("inf");
        }
        // Rounding may carry into a new digit, so the exponent is read afterwards.
        let scientific = format!("{number:.5e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
        if (-4..6).contains(&exponent) {
            let places = usize::try_from(5 - exponent).map_err(|_| fmt::Error)?;
            f.write_str(without_trailing_zeros(&format!("{number:.places$}")))
        } else {
            let sign = if exponent < 0 { '-' } else { '+' };
            let magnitude = exponent.unsigned_abs();
            write!(f, "{}e{sign}{magnitude:02}", without_trailing_zeros(digits))
        }
    }
}

fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}
