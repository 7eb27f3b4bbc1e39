//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(with(trace_name))]
    name: String,
}

fn main() {}
