//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[collect(require_static)]
    name: String,
}

fn main() {}
