//! What no test outside of the crate can see: numbers at the end of their range.

mod limits;
