//! The traits that connect handles to values and to other crates.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::error::Error;
use std::panic::{RefUnwindSafe, UnwindSafe};

use gcycle::{Gc, Weak};

use crate::kinds::{Drops, Watched};

#[test]
fn any_value_becomes_a_handle() {
    let number = Gc::from(123);
    assert_eq!(*number, 123);
    let boxed: Gc<u32> = Gc::from(Box::new(123));
    assert_eq!(*boxed, 123);
    let default: Gc<Vec<u8>> = Gc::default();
    assert!(default.is_empty());
}

#[test]
fn a_boxed_value_is_moved_and_not_cloned() {
    let drops = Drops::new();
    let object: Gc<Watched> = Gc::from(Box::new(drops.watch()));
    assert_eq!(drops.count(), 0);
    drop(object);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_boxed_value_that_is_too_large_for_the_stack_is_moved() {
    /// Under Miri no stack is too small, and four million bytes take too long.
    const SIZE: usize = if cfg!(miri) { 10_000 } else { 1 << 22 };
    let run = || {
        let boxed: Box<[u8; SIZE]> = vec![7; SIZE].into_boxed_slice().try_into().unwrap();
        let object: Gc<[u8; SIZE]> = Gc::from(boxed);
        object.iter().map(|&byte| usize::from(byte)).sum::<usize>()
    };
    // The only thread there is has 1 MiB.
    if cfg!(target_family = "wasm") {
        return assert_eq!(run(), 7 * SIZE);
    }
    let large = std::thread::Builder::new().stack_size(128 << 10).spawn(run);
    assert_eq!(large.unwrap().join().unwrap(), 7 * SIZE);
}

#[test]
fn a_map_with_handles_as_keys_is_asked_with_values() {
    let mut map: HashMap<Gc<str>, i32> = HashMap::new();
    map.insert(Gc::from("one"), 1);
    assert_eq!(map.get("one"), Some(&1));
    assert_eq!(map.get(&Gc::from("one")), Some(&1));
}

#[test]
fn a_handle_is_borrowed_as_its_value() {
    fn length(text: impl AsRef<str>) -> usize {
        text.as_ref().len()
    }
    let text: Gc<str> = Gc::from("four");
    assert_eq!(length(text.clone()), 4);
    assert_eq!(Borrow::<str>::borrow(&text).len(), 4);
}

#[test]
fn an_error_in_a_handle_is_an_error() {
    let error = "x".parse::<i32>().unwrap_err();
    let boxed: Box<dyn Error> = Box::new(Gc::new(std::io::Error::other(error)));
    assert_eq!(boxed.to_string(), "invalid digit found in string");
    let formatted = format!("{:?}", Gc::new(std::fmt::Error));
    assert_eq!(formatted, "Error");
}

#[test]
fn handles_move_freely() {
    fn check<T: Unpin>() {}
    check::<Gc<std::marker::PhantomPinned>>();
}

#[test]
fn handles_are_as_unwind_safe_as_references() {
    fn check<T: UnwindSafe + RefUnwindSafe>() {}
    check::<Gc<i32>>();
    check::<Gc<str>>();
    check::<Weak<i32>>();
    check::<Gc<dyn UnwindAny>>();
}

trait UnwindAny: RefUnwindSafe {}

#[cfg(unix)]
#[test]
fn an_open_file_can_be_shared() {
    use gcycle::Untraced;
    use std::os::fd::{AsFd, AsRawFd};
    let (reader, _writer) = std::io::pipe().unwrap();
    let raw = reader.as_raw_fd();
    let shared = Gc::new_untraced(reader);
    assert_eq!(shared.as_raw_fd(), raw);
    assert_eq!(shared.as_fd().as_raw_fd(), raw);
    let _ = Untraced(shared);
}
