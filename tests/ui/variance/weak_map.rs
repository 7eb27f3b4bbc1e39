//! A weak map takes in keys and values of its own types only.

use gcycle::weak::WeakMap;

fn shorten<'a>(map: WeakMap<u8, &'static str>) -> WeakMap<u8, &'a str> {
    map
}

fn main() {}
