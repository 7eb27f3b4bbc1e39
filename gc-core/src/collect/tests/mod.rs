//! What no test outside of the crate can see: numbers at the end of their range, and steps that
//! otherwise only the pace of collections takes.

#[cfg(feature = "isolates")]
mod heaps;
mod limits;
mod passing_over;
mod slices;
