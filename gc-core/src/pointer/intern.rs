//! Shared values: interned strings, and small integers.
//!
//! CPython keeps one object for each small integer and, on request, for each string, so
//! that equal values are the same object and comparing them means comparing addresses.
//! Both are in the tables of the heap.

use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::ops::RangeInclusive;
use core::ptr::NonNull;

use crate::memory::heap::Heap;
use crate::object::header::ObjPtr;
use crate::pointer::gc_ptr::Gc;
use crate::watch::tables::Tables;

/// The integers of which there is one object each, as in CPython up to 3.14.
const SMALL: RangeInclusive<i64> = -5..=256;

/// Returns the one object for `text` of the heap that the thread is in, like Python's `sys.intern`.
///
/// As long as a handle to it exists, interning an equal string returns the same object,
/// so you can compare interned strings with [`Gc::ptr_eq`]. The object dies with its last
/// handle.
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
    let tables = Tables::current();
    if let Some(known) = tables.interned(text) {
        return another_handle(known);
    }
    let string: Gc<str> = Gc::from(text);
    // A collection may have run, and a finalizer in it may have interned an equal text.
    if let Some(known) = tables.interned(text) {
        return another_handle(known);
    }
    // SAFETY: the object was made in this heap, and `Gc::get_mut` asks whether it is interned.
    unsafe { tables.intern(string.value_ptr()) };
    string
}

/// A new handle to the object whose value is at `known`, which is in the table.
fn another_handle(known: NonNull<str>) -> Gc<str> {
    // SAFETY: what is in the table is the value of an object.
    let object = unsafe { ObjPtr::from_value(known.cast()) };
    object.retain();
    // SAFETY: the object is alive, and the handle was counted.
    unsafe { Gc::from_counted(known) }
}

/// Returns an object for `number`. The numbers from -5 to 256 have one object each in a heap, which
/// lives as long as the heap; for all others, each call makes a new object.
///
/// ```
/// use gcycle::{Gc, intern::int};
///
/// assert!(Gc::ptr_eq(&int(256), &int(256)));
/// assert!(!Gc::ptr_eq(&int(257), &int(257)));
/// ```
#[must_use]
pub fn int(number: i64) -> Gc<i64> {
    let is_shared = SMALL.contains(&number) && !Heap::current().is_closed();
    if is_shared { small(number) } else { Gc::new(number) }
}

/// The one object for a small number.
fn small(number: i64) -> Gc<i64> {
    let integers = Tables::current().integers();
    if integers.borrow().is_empty() {
        // A collection may run meanwhile, and a finalizer in it may ask for one, too.
        let made: Vec<Gc<i64>> = SMALL.map(Gc::new).collect();
        if integers.borrow().is_empty() {
            let handles = made.into_iter().map(ManuallyDrop::new);
            integers.borrow_mut().extend(handles.map(|integer| integer.object()));
        }
    }
    let place = number.wrapping_sub(*SMALL.start()).cast_unsigned();
    let object = integers.borrow()[usize::try_from(place).expect("it is small")];
    object.retain();
    // SAFETY: it is one of those that were made above, and the handle was counted.
    unsafe { Gc::from_counted(object.value().cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn capacity() -> usize {
        Tables::current().room_for_texts()
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
        assert_eq!(capacity(), 0);
    }
}
