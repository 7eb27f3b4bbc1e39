//! The function takes the captures, and then the arguments of the type.

use gcycle::Gc;

struct Event;

fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Fn(&Event)> {
    Gc::new_closure(log, |log: &Gc<Vec<u32>>, event: &str| println!("{event} {}", log.len()))
}

fn main() {}
