//! A forgotten underscore is recognised.

use gcycle::Trace;

#[derive(Trace)]
#[trace(unsafedrop)]
struct Owner {
    name: String,
}

fn main() {}
