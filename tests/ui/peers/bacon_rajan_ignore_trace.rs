//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[ignore_trace]
    name: String,
}

fn main() {}
