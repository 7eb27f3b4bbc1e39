//! Nor is a weak handle.

use gcycle::Weak;

fn shorten<'a>(name: Weak<&'static str>) -> Weak<&'a str> {
    name
}

fn main() {}
