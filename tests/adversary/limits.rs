//! Depth and number, as far as no other test goes.

#![forbid(unsafe_code)]

use std::thread;

use gcycle::{Gc, Weak};

/// A chain of weak handles: the callback of each owns the one before.
fn chain(length: u32, object: &Gc<u32>) -> Weak<u32> {
    let mut handle = Gc::downgrade(object);
    for _ in 0..length {
        let owned = handle;
        handle = Gc::downgrade_with(object, move || drop(owned));
    }
    handle
}

#[test]
fn callbacks_that_own_the_next_do_not_overflow_the_stack() {
    let run = || {
        let length = if cfg!(miri) { 300 } else { 30_000 };
        let object = Gc::new(1);
        drop(chain(length, &object));
        assert_eq!(Gc::weak_count(&object), 0);
        // Called, they drop the next one, whose callback is called or dropped.
        let handle = chain(length, &object);
        drop(object);
        drop(handle);
    };
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.expect("a thread").join().expect("the stack is large enough");
}
