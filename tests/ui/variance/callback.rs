//! A callback that is lent text for ever cannot be called with other text.

use gcycle::Gc;

fn extend(callback: Gc<dyn Fn(&'static str)>) -> Gc<dyn Fn(&str)> {
    callback
}

fn main() {}
