//! The fields of a packed type cannot be asked.

use gcycle::Trace;

#[derive(Trace)]
#[trace(movable)]
#[repr(packed)]
struct Point(f32, f64);

fn main() {}
