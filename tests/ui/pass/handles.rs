//! A `Gc` in its thread, of a type that borrows nothing.

#![allow(dead_code)]

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner<'a> {
    name: &'a str,
}

fn main() {
    let gc = Gc::new(Owner { name: "static" });
    std::thread::spawn(|| drop(Gc::new(1))).join().unwrap();
    assert_eq!(gc.name, "static");
}
