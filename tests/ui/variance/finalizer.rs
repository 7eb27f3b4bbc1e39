//! The name of a finalizer knows what its callback returns.

use gcycle::weak::Finalizer;

fn shorten<'a>(finalizer: Finalizer<&'static str>) -> Finalizer<&'a str> {
    finalizer
}

fn main() {}
