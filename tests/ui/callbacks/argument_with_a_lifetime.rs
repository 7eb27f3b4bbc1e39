//! What an argument lends is behind its `&`, and has no lifetime of its own.

use gcycle::Gc;

struct Event<'a> {
    text: &'a str,
}

fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Fn(&Event<'_>)> {
    Gc::new_closure(log, |_: &Gc<Vec<u32>>, event: &Event<'_>| println!("{}", event.text))
}

fn main() {}
