//! The collector has to see the captures.

use gcycle::Gc;

struct Foreign;

fn listen(foreign: Foreign) -> Gc<dyn Fn(&str)> {
    Gc::<dyn Fn(&str)>::new_closure(foreign, |_, _| {})
}

fn main() {}
