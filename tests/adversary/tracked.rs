//! Whether an object is tracked is a fact of the object, whatever type the last handle
//! has: what it is counted as when it is made, it is counted as when it dies.

#![forbid(unsafe_code)]

use std::any::Any;
use std::cell::RefCell;
use std::thread;

use gcycle::intern::intern;
use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, gc, unsize};

/// The number of tracked objects that are counted.
fn counted() -> u32 {
    gc::get_count().0
}

#[test]
fn a_text_that_was_a_key_is_freed_as_what_it_is() {
    thread_local! {
        static NAME: RefCell<Option<Gc<str>>> = const { RefCell::new(None) };
    }
    thread::spawn(|| {
        // It is dropped after the table of interned texts.
        NAME.with(|_| ());
        let name = intern("name");
        let map: WeakMap<str, Gc<str>> = WeakMap::new();
        map.insert(&name, Gc::from("value"));
        NAME.set(Some(name.clone()));
        map.remove(&name);
        drop((name, map));
        gc::collect();
        assert_eq!(NAME.with_borrow(|name| name.as_deref().map(str::len)), Some(4));
    })
    .join()
    .expect("the thread-local is dropped like any other");
    thread::spawn(|| {
        let number = Gc::new(7);
        let map: WeakMap<i32, i32> = WeakMap::new();
        map.insert(&number, 8);
        map.clear();
        drop(number);
        drop(map);
        gc::collect();
        assert_eq!(gc::memory().objects, 0);
    })
    .join()
    .expect("a number that was a key is dropped like any other");
}

trait Shape: Trace + Any {}

impl Shape for i32 {}

/// Makes objects and lets them die, ten times, and checks that they are counted as often when
/// they die as when they were made.
fn counted_alike(make: fn()) {
    thread::spawn(move || {
        let pause = gc::pause();
        let before = counted();
        for _ in 0..10 {
            make();
        }
        assert_eq!(counted(), before);
        assert_eq!(gc::memory().objects, 0);
        drop(pause);
    })
    .join()
    .expect("no check fails");
}

#[test]
fn a_boxed_number_that_was_downcast_is_counted_as_what_it_was_made_as() {
    counted_alike(|| {
        let boxed: Box<dyn Shape> = Box::new(7);
        let any = unsize!(Gc::from_box(boxed) => dyn Any);
        let number: Gc<i32> = any.downcast().expect("it is a number");
        assert_eq!(*number, 7);
    });
}

#[test]
fn an_empty_slice_that_became_an_array_is_counted_as_a_slice() {
    counted_alike(|| {
        let slice: Gc<[Gc<u8>]> = Gc::from(Vec::new());
        let array: Gc<[Gc<u8>; 0]> = slice.try_into().expect("it has no items");
        assert_eq!(array.len(), 0);
    });
}

#[test]
fn an_array_that_became_a_slice_is_counted_as_an_array() {
    counted_alike(|| {
        let array: Gc<[Gc<u8>; 0]> = Gc::new([]);
        let slice: Gc<[Gc<u8>]> = unsize!(array => [Gc<u8>]);
        let any: Gc<dyn Any> = unsize!(Gc::new(3_u8) => dyn Any);
        assert_eq!(slice.len(), 0);
        drop((slice, any));
    });
}
