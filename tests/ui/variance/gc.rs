//! A handle is not one to a shorter-lived value too: the value could be replaced.

use gcycle::Gc;

fn shorten<'a>(name: Gc<&'static str>) -> Gc<&'a str> {
    name
}

fn main() {}
