//! A union cannot be derived for.

use gcycle::Trace;

#[derive(Trace)]
union Owner {
    number: u32,
    bytes: [u8; 4],
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Owner>();
}
