//! Every field is `Trace`; the message names the ways out.

use gcycle::Trace;

struct Foreign;

#[derive(Trace)]
struct Owner {
    number: u32,
    foreign: Foreign,
}

fn main() {}
