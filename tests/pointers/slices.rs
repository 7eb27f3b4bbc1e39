//! `Gc<[T]>`, `Gc<str>` and the others without a fixed size.

use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use gcycle::{Gc, Weak, gc};

use crate::kinds::{Drops, Node, stir};

const MANY: u16 = if cfg!(miri) { 20 } else { 100 };

/// Clones of a slice come and go with a weak handle among them.
fn exercise<T>(slice: &Gc<[T]>) {
    let _two = slice.clone();
    let three = slice.clone();
    let _four = Gc::downgrade(&three);
}

#[test]
fn a_slice_collects_what_a_vector_would() {
    let items = (0..MANY).filter(|x| x % 2 == 0).map(Box::new);
    let vec: Vec<_> = items.clone().collect();
    let slice: Gc<[_]> = items.collect();
    assert_eq!(*vec, *slice);
    exercise(&slice);
}

#[test]
fn a_slice_collects_an_iterator_of_known_length() {
    let items = (0..MANY).map(Box::new);
    let vec: Vec<_> = items.clone().collect();
    let slice: Gc<[_]> = items.collect();
    assert_eq!(*vec, *slice);
    assert_eq!(size_of_val(&*slice), size_of::<Box<u16>>() * usize::from(MANY));
    exercise(&slice);
}

#[test]
fn a_slice_may_have_items_without_a_size() {
    let slice: Gc<[()]> = (0..MANY).map(drop).collect();
    assert_eq!((slice.len(), size_of_val(&*slice)), (usize::from(MANY), 0));
    exercise(&slice);
    let huge: Gc<[()]> = Gc::from(vec![(); usize::MAX]);
    assert_eq!(huge.len(), usize::MAX);
}

#[test]
#[should_panic = "almost"]
fn a_panic_of_the_iterator_goes_on() {
    let items = (0..MANY).map(|n| if n == MANY - 2 { panic!("almost") } else { Box::new(n) });
    let _: Gc<[_]> = items.collect();
}

#[test]
fn a_slice_ends_where_the_iterator_first_does() {
    struct Hiccup(std::vec::IntoIter<Option<Box<u8>>>);
    impl Iterator for Hiccup {
        type Item = Box<u8>;
        fn next(&mut self) -> Option<Box<u8>> {
            self.0.next().flatten()
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (2, Some(2))
        }
    }
    let items = vec![Some(Box::new(42)), Some(Box::new(24)), None, Some(Box::new(12))];
    let slice: Gc<[Box<u8>]> = Hiccup(items.into_iter()).collect();
    assert_eq!(*slice, [Box::new(42), Box::new(24)]);
}

#[test]
fn slices_of_all_lengths_keep_their_items() {
    let (short, long): (u32, &[u32]) =
        if cfg!(miri) { (3, &[4000]) } else { (300, &[4000, 8100, 8200, 70_000]) };
    for len in (0..short).chain(long.iter().copied()) {
        let numbers: Vec<u32> = (0..len).collect();
        assert_eq!(*Gc::<[u32]>::from(&*numbers), *numbers);
        let bytes: Vec<u8> = (0..len).map(|n| n.to_le_bytes()[0]).collect();
        assert_eq!(*Gc::<[u8]>::from(bytes.clone()), *bytes);
        let text = "é".repeat(len as usize);
        assert_eq!(*Gc::<str>::from(&*text), *text);
    }
}

#[test]
fn slices_keep_the_alignment_of_their_items() {
    #[derive(Clone, Debug, PartialEq)]
    #[repr(align(128))]
    struct Aligned(u8);
    // SAFETY: there is nothing to report.
    unsafe impl gcycle::Trace for Aligned {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
    }
    for len in [0, 1, 2, 60, if cfg!(miri) { 260 } else { 600 }] {
        let slice: Gc<[Aligned]> = (0..=u8::MAX).cycle().take(len).map(Aligned).collect();
        assert_eq!(slice.as_ptr().align_offset(128), 0);
        assert!(slice.iter().zip((0..=u8::MAX).cycle()).all(|(item, n)| item.0 == n));
    }
}

#[test]
fn the_items_are_dropped_once_with_the_last_handle() {
    let (middle, long) = if cfg!(miri) { (30, 60) } else { (300, 10_000) };
    for len in [0, 1, 3, middle, long] {
        let drops = Drops::new();
        let slice: Gc<[_]> = (0..len).map(|_| drops.watch()).collect();
        let copy = slice.clone();
        drop(slice);
        assert_eq!(drops.count(), 0);
        drop(copy);
        assert_eq!(drops.count(), len);
    }
}

#[test]
fn a_cycle_through_a_slice_is_collected() {
    for len in [1, 10, if cfg!(miri) { 40 } else { 5000 }] {
        let drops = Drops::new();
        let node = Gc::new(Node::new(&drops));
        let slice: Gc<[Gc<Node>]> = (0..len).map(|_| node.clone()).collect();
        stir();
        assert_eq!(Gc::strong_count(&node), len + 1);
        let self_made = Gc::new(SliceOwner { slice, node: node.clone() });
        Node::link(&node, &node);
        let weak = Gc::downgrade(&self_made);
        drop((self_made, node));
        assert!(weak.upgrade().is_none());
        assert_eq!(gc::collect(), 1);
        assert_eq!(drops.count(), 1);
    }
}

struct SliceOwner {
    slice: Gc<[Gc<Node>]>,
    node: Gc<Node>,
}

// SAFETY: both edges are reported once.
unsafe impl gcycle::Trace for SliceOwner {
    fn trace(&self, tracer: &mut gcycle::Tracer<'_>) {
        self.slice.trace(tracer);
        self.node.trace(tracer);
    }
}

#[test]
fn a_slice_that_contains_itself_is_collected() {
    use std::cell::RefCell;
    struct Slot(
        RefCell<Option<Gc<[Slot]>>>,
        #[expect(dead_code, reason = "shows when it goes")] crate::kinds::Watched,
    );
    // SAFETY: the edge is reported once.
    unsafe impl gcycle::Trace for Slot {
        fn trace(&self, tracer: &mut gcycle::Tracer<'_>) {
            self.0.trace(tracer);
        }
    }
    for len in [1, 7, if cfg!(miri) { 50 } else { 3000 }] {
        let drops = Drops::new();
        let slice: Gc<[Slot]> = (0..len).map(|_| Slot(RefCell::default(), drops.watch())).collect();
        for slot in &*slice {
            *slot.0.borrow_mut() = Some(slice.clone());
        }
        let weak = Gc::downgrade(&slice);
        drop(slice);
        assert!(weak.upgrade().is_some());
        assert_eq!(gc::collect(), 1);
        assert_eq!(drops.count(), len);
        assert!(weak.upgrade().is_none());
    }
}

#[test]
fn slices_are_made_of_vectors_boxes_arrays_and_slices() {
    let expected = [1, 2, 3];
    assert_eq!(*Gc::<[u32]>::from(&[1, 2, 3][..]), expected);
    assert_eq!(*Gc::<[u32]>::from(&mut [1, 2, 3][..]), expected);
    assert_eq!(*Gc::<[u32]>::from(vec![1, 2, 3]), expected);
    assert_eq!(*Gc::<[u32]>::from(vec![1, 2, 3].into_boxed_slice()), expected);
    assert_eq!(*Gc::<[u32]>::from([1, 2, 3]), expected);
    assert_eq!(*Gc::<[u32]>::from(Cow::Borrowed(&[1, 2, 3][..])), expected);
    assert_eq!(*Gc::<[u32]>::from(Cow::<[u32]>::Owned(vec![1, 2, 3])), expected);
    assert_eq!(*Gc::<[u32]>::default(), [0; 0]);
}

#[test]
fn items_are_cloned_out_of_a_slice() {
    #[derive(Clone, Debug, PartialEq)]
    struct X(u32);
    // SAFETY: there is nothing to report.
    unsafe impl gcycle::Trace for X {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
    }
    let items = [X(1), X(2), X(3)];
    assert_eq!(*Gc::<[X]>::from(&items[..]), items);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_an_items_clone_leaves_nothing_behind() {
    struct Fail(u32, String);
    impl Clone for Fail {
        fn clone(&self) -> Fail {
            assert_ne!(self.0, 2, "cannot be cloned");
            Fail(self.0, self.1.clone())
        }
    }
    // SAFETY: there is nothing to report.
    unsafe impl gcycle::Trace for Fail {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
    }
    let items = [Fail(0, "foo".into()), Fail(1, "bar".into()), Fail(2, "baz".into())];
    let before = gc::memory().objects;
    assert!(catch_unwind(AssertUnwindSafe(|| Gc::<[Fail]>::from(&items[..]))).is_err());
    assert_eq!(gc::memory().objects, before);
}

#[test]
fn text_is_made_of_all_that_holds_text() {
    assert_eq!(&Gc::<str>::from("foo")[..], "foo");
    assert_eq!(&*Gc::<str>::from(&mut *String::from("foo")), "foo");
    assert_eq!(&*Gc::<str>::from(String::from("foo")), "foo");
    assert_eq!(&*Gc::<str>::from(String::from("foo").into_boxed_str()), "foo");
    assert_eq!(&*Gc::<str>::from(Cow::Borrowed("foo")), "foo");
    assert_eq!(&*Gc::<str>::from(Cow::<str>::Owned("foo".into())), "foo");
    assert_eq!(&*Gc::<str>::default(), "");
}

#[test]
fn text_of_the_system_and_of_c_works_too() {
    assert_eq!(&*Gc::<CStr>::from(c"foo"), c"foo");
    assert_eq!(&*Gc::<CStr>::from(CString::from(c"foo")), c"foo");
    assert_eq!(&*Gc::<CStr>::default(), c"");
    assert_eq!(&*Gc::<OsStr>::from(OsStr::new("foo")), OsStr::new("foo"));
    assert_eq!(&*Gc::<OsStr>::from(OsString::from("foo")), OsStr::new("foo"));
    assert_eq!(&*Gc::<Path>::from(Path::new("a/b")), Path::new("a/b"));
    assert_eq!(&*Gc::<Path>::from(PathBuf::from("a/b")), Path::new("a/b"));
    assert_eq!(&*Gc::<Path>::from(Cow::Borrowed(Path::new("a/b"))), Path::new("a/b"));
}

#[test]
fn a_weak_handle_to_text_that_is_gone_does_not_upgrade() {
    let text: Gc<CStr> = Gc::from(c"swordfish");
    assert_eq!(format!("{text:?}"), "\"swordfish\"");
    let weak: Weak<CStr> = Gc::downgrade(&text);
    drop(text);
    assert!(weak.clone().upgrade().is_none());
}

#[test]
fn slices_become_arrays_if_the_length_fits() {
    let slice: Gc<[i32]> = Gc::from(vec![1, 2, 3]);
    let array: Gc<[i32; 3]> = slice.clone().try_into().unwrap();
    assert_eq!(*array, [1, 2, 3]);
    assert!(Gc::ptr_eq(&gcycle::unsize!(array => [i32]), &slice));
    let same = <Gc<[i32; 2]>>::try_from(slice.clone()).unwrap_err();
    assert!(Gc::ptr_eq(&same, &slice));
}

#[test]
fn text_becomes_bytes_in_the_same_object() {
    let text: Gc<str> = Gc::from("text");
    let address = Gc::as_ptr(&text).addr();
    let bytes: Gc<[u8]> = Gc::from(text);
    assert_eq!((&*bytes, Gc::as_ptr(&bytes).addr()), (&b"text"[..], address));
}

#[test]
fn a_slice_handle_to_an_array_behaves_as_any_other() {
    let drops = Drops::new();
    let array = Gc::new([drops.watch(), drops.watch(), drops.watch()]);
    let mut slice: Gc<[_]> = gcycle::unsize!(array => [crate::kinds::Watched]);
    let weak = Gc::downgrade(&slice);
    Gc::make_mut(&mut slice)[0] = drops.watch();
    assert!(weak.upgrade().is_none());
    assert_eq!((slice.len(), drops.count()), (3, 1));
    let array = <Gc<[_; 3]>>::try_from(slice).unwrap();
    drop(Gc::into_inner(array).unwrap());
    assert_eq!(drops.count(), 4);
}

#[test]
fn short_text_costs_a_header_and_two_bytes() {
    let count = if cfg!(miri) { 50 } else { 1000 };
    let text: Vec<Gc<str>> = (0..count).map(|n| Gc::from(&*format!("{n:06}"))).collect();
    let before = gc::memory();
    let more: Vec<Gc<str>> = (0..count).map(|n| Gc::from(&*format!("{n:06}"))).collect();
    let grown = gc::memory().live_bytes - before.live_bytes;
    // And the place where it was made, if that is noted.
    let place = if cfg!(feature = "sites") { 8 } else { 0 };
    assert_eq!(grown, count * (16 + 6 + 2 + place));
    assert_eq!(text, more);
}

#[test]
fn text_and_slices_of_plain_data_are_not_tracked() {
    // A collection that an allocation starts would set the counts back.
    let _pause = gc::pause();
    let count = gc::get_count().0;
    let text: Vec<Gc<str>> = (0..10).map(|_| Gc::from("text")).collect();
    let numbers: Vec<Gc<[u64]>> = (0..10).map(|_| Gc::from([1, 2])).collect();
    assert_eq!(gc::get_count().0, count);
    let slices: Vec<Gc<[Gc<u64>]>> = (0..10).map(|_| Gc::from([Gc::new(1)])).collect();
    assert_eq!(gc::get_count().0, count + 10);
    drop((text, numbers, slices));
}
