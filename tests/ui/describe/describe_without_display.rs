//! `describe` asks for `Display`.

use gcycle::Trace;

#[derive(Trace)]
#[trace(describe)]
struct Owner {
    name: String,
}

fn main() {}
