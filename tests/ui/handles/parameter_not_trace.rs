//! A parameter is `Trace` if its bound says so.

use gcycle::Gc;

fn share<T>(value: T) -> Gc<T> {
    Gc::new(value)
}

fn main() {}
