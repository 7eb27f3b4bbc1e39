//! A `Gc` is not lent to another thread either.

use gcycle::Gc;

fn main() {
    let gc = Gc::new(1);
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(*gc, 1));
    });
}
