//! Two mistakes are two messages.

use gcycle::Trace;

struct Foreign;
struct Other;

#[derive(Trace)]
struct Owner {
    foreign: Foreign,
    name: String,
    other: Other,
}

fn main() {}
