//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[zerogc(copy)]
struct Owner {
    name: String,
}

fn main() {}
