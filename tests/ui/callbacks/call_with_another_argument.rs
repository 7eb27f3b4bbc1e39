//! A callback is called with what its type says.

use gcycle::Gc;

struct Event;

fn emit(listener: &Gc<dyn Fn(&Event)>) {
    listener("click");
}

fn main() {}
