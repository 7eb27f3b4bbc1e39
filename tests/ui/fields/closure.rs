//! What a closure captures cannot be seen.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    callback: Box<dyn Fn(u32)>,
}

fn main() {}
