//! Fields of variants are `Trace` too.

use gcycle::Trace;

struct Foreign;

#[derive(Trace)]
enum Owner {
    Nothing,
    Foreign(Option<Foreign>, String),
}

fn main() {}
