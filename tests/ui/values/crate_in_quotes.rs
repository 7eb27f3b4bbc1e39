//! `crate` takes a path without quotes.

use gcycle::Trace;

#[derive(Trace)]
#[trace(crate = "gcycle")]
struct Owner {
    name: String,
}

fn main() {}
