//! A link can be set, to what its type says.

use gcycle::Link;

fn shorten<'a>(link: &'a Link<&'static str>) -> &'a Link<&'a str> {
    link
}

fn main() {}
