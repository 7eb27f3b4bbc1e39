//! Handles are as small as they can be. Checked when this file is compiled.

use core::any::Any;
use gcycle::{Gc, Weak};

const WORD: usize = size_of::<usize>();

const fn is<T>(size: usize) -> bool {
    size_of::<T>() == size && size_of::<Option<T>>() == size
}

const _: () = assert!(is::<Gc<u8>>(WORD) && is::<Weak<u8>>(WORD));
const _: () = assert!(is::<Gc<[u64; 100]>>(WORD) && is::<Weak<[u64; 100]>>(WORD));
const _: () = assert!(is::<Gc<()>>(WORD) && is::<Weak<()>>(WORD));
const _: () = assert!(is::<Gc<str>>(2 * WORD) && is::<Weak<str>>(2 * WORD));
const _: () = assert!(is::<Gc<[u64]>>(2 * WORD) && is::<Weak<[u64]>>(2 * WORD));
const _: () = assert!(is::<Gc<dyn Any>>(2 * WORD) && is::<Weak<dyn Any>>(2 * WORD));

#[test]
fn handles_are_one_word_and_handles_to_unsized_values_two() {
    assert_eq!(size_of::<Gc<String>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Gc<str>>>(), 2 * size_of::<usize>());
}
