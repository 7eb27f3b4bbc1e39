//! `unsize!` makes no lifetime shorter either.

use gcycle::{Gc, unsize};

fn shorten<'a>(name: Gc<&'static str>) -> Gc<&'a str> {
    unsize!(name => &'a str)
}

fn main() {}
