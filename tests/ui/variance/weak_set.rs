//! A weak set gives out handles to what its type says.

use gcycle::weak::WeakSet;

fn shorten<'a>(set: WeakSet<&'static str>) -> WeakSet<&'a str> {
    set
}

fn main() {}
