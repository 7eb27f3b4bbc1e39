// Fields are reported eight at a time.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Many {
    a: Gc<u8>,
    b: Gc<u8>,
    c: Gc<u8>,
    d: Gc<u8>,
    e: Gc<u8>,
    f: Gc<u8>,
    g: Gc<u8>,
    h: Gc<u8>,
    i: Gc<u8>,
    j: Gc<u8>,
}
