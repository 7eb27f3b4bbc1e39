//! A key is a handle.

use gcycle::ById;

fn shorten<'a>(key: ById<&'static str>) -> ById<&'a str> {
    key
}

fn main() {}
