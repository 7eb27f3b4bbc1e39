//! Only `Trace` types live in the heap.

use gcycle::Gc;

struct Foreign;

fn main() {
    let _ = Gc::new(Foreign);
}
