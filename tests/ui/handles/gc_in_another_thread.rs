//! A `Gc` stays in its thread.

use gcycle::Gc;

fn main() {
    let gc = Gc::new(1);
    std::thread::spawn(move || drop(gc));
}
