//! A `Weak` stays in its thread too.

use gcycle::Gc;

fn main() {
    let weak = Gc::downgrade(&Gc::new(1));
    std::thread::spawn(move || drop(weak));
}
