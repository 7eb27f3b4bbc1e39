//! Shared values: interned strings, and small integers.
//!
//! CPython keeps one object for each small integer and, on request, for each string, so
//! that equal values are the same object and comparing them means comparing addresses.
//! Both caches belong to the thread.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::hash::BuildHasher;
use core::ops::RangeInclusive;
use std::collections::HashMap;
use std::hash::RandomState;

use crate::object::shrink::shrink_if_sparse;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;

/// The integers of which there is one object each, as in CPython up to 3.14.
const SMALL: RangeInclusive<i64> = -5..=256;

/// The interned strings by their hashes. They are held weakly: a callback
/// removes a string when its last handle goes.
#[derive(Default)]
struct Strings {
    hasher: RandomState,
    by_hash: HashMap<u64, Vec<Weak<str>>>,
}

std::thread_local! {
    static STRINGS: RefCell<Strings> = RefCell::default();
    static INTEGERS: RefCell<Vec<Gc<i64>>> = const { RefCell::new(Vec::new()) };
}

impl Strings {
    fn get_or_insert(&mut self, text: &str) -> Gc<str> {
        let hash = self.hasher.hash_one(text);
        let equal_hash = self.by_hash.entry(hash).or_default();
        let mut strings = equal_hash.iter().filter_map(Weak::upgrade);
        if let Some(string) = strings.find(|string| **string == *text) {
            return string;
        }
        let string: Gc<str> = Gc::from(text);
        equal_hash.push(Gc::downgrade_with(&string, move || forget(hash)));
        string
    }
}

/// A string with this hash is gone.
fn forget(hash: u64) {
    // After the thread's table is gone there is nothing to forget.
    let _: Result<(), _> = STRINGS.try_with(|strings| {
        let mut strings = strings.borrow_mut();
        let Some(equal_hash) = strings.by_hash.get_mut(&hash) else { return };
        equal_hash.retain(|string| string.strong_count() > 0);
        if equal_hash.is_empty() {
            strings.by_hash.remove(&hash);
            shrink_if_sparse(&mut strings.by_hash);
        }
    });
}

/// Returns the one object of this thread for `text`, like Python's `sys.intern`.
///
/// As long as a handle to it exists, interning an equal string returns the same object,
/// so you can compare interned strings with [`Gc::ptr_eq`]. The object dies with its last
/// handle. While the thread ends, after its table is gone, every call makes a new object.
///
/// ```
/// use gcycle::{Gc, intern::intern};
///
/// let name = intern("self");
/// assert!(Gc::ptr_eq(&name, &intern("self")));
/// assert_eq!(Gc::strong_count(&name), 1);
/// ```
#[must_use]
pub fn intern(text: &str) -> Gc<str> {
    let interned = STRINGS.try_with(|strings| strings.borrow_mut().get_or_insert(text));
    interned.unwrap_or_else(|_| Gc::from(text))
}

/// Returns an object for `number`. The numbers from -5 to 256 have one object each, which
/// lives as long as the thread; for all others, each call makes a new object.
///
/// ```
/// use gcycle::{Gc, intern::int};
///
/// assert!(Gc::ptr_eq(&int(256), &int(256)));
/// assert!(!Gc::ptr_eq(&int(257), &int(257)));
/// ```
#[must_use]
pub fn int(number: i64) -> Gc<i64> {
    let small = || {
        let index = usize::try_from(number - SMALL.start()).ok()?;
        let shared = INTEGERS.try_with(|integers| {
            let mut integers = integers.borrow_mut();
            if integers.is_empty() {
                integers.extend(SMALL.map(Gc::new));
            }
            integers[index].clone()
        });
        shared.ok()
    };
    SMALL.contains(&number).then(small).flatten().unwrap_or_else(|| Gc::new(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn capacity() -> usize {
        STRINGS.with_borrow(|strings| strings.by_hash.capacity())
    }

    #[test]
    fn strings_that_are_gone_leave_no_memory_behind() {
        let count = if cfg!(miri) { 200 } else { 20_000 };
        let mut strings: Vec<_> = (0..count).map(|number| intern(&number.to_string())).collect();
        assert!(capacity() >= count);
        strings.truncate(count / 50);
        assert!(capacity() <= (count / 10).max(32), "{} for {}", capacity(), strings.len());
        for (number, string) in strings.iter().enumerate() {
            assert!(Gc::ptr_eq(string, &intern(&number.to_string())));
        }
        drop(strings);
        assert!(capacity() <= 32, "{}", capacity());
    }
}
