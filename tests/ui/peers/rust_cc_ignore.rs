//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[rust_cc(ignore)]
    Name(String),
}

fn main() {}
