//! Containers pass on what they own: each edge once, with its place.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use alloc::vec::Vec;
use core::cell::{Cell, LazyCell, OnceCell, RefCell};
use core::cmp::Reverse;
use core::num::Wrapping;
use core::ops::{Bound, ControlFlow};
use core::pin::Pin;
use core::task::Poll;
use std::collections::{HashMap, HashSet};
use std::io::{self, BufReader, Cursor, Read};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};

use super::{Handle, edges, handles, labels};
use crate::Gc;

const ITEMS: [&str; 3] = ["[0]", "[1]", "[2]"];

/// Checks sequences of [`handles`].
macro_rules! items_of {
    ($($sequence:expr),* $(,)?) => {$(
        let sequence = $sequence;
        assert_eq!(edges(&sequence), 3, stringify!($sequence));
        assert_eq!(labels(&sequence), ITEMS, stringify!($sequence));
    )*};
}

#[test]
fn sequences_report_each_item_once_with_its_index() {
    items_of! {
        handles(),
        Vec::from(handles()),
        VecDeque::from(handles()),
        LinkedList::from(handles()),
        BinaryHeap::from(handles()),
        BTreeSet::from(handles()),
        HashSet::from(handles()),
        Box::<[Handle]>::from(handles()),
        handles().into_iter(),
        Vec::from(handles()).into_iter(),
    }
    assert_eq!(labels(handles().as_slice()), ITEMS);
}

#[test]
fn a_ring_buffer_that_wrapped_around_reports_both_halves() {
    let mut buffer = VecDeque::from(handles());
    buffer.rotate_left(1);
    buffer.pop_front();
    buffer.push_back(Handle::new(3));
    assert_eq!(edges(&buffer), 3);
}

#[test]
fn an_iterator_reports_only_what_is_left() {
    let mut items = Vec::from(handles()).into_iter();
    drop(items.next());
    assert_eq!(labels(&items), ["[0]", "[1]"]);
}

#[test]
fn maps_report_keys_and_values_with_their_sides() {
    let entry = || [(Handle::new(0), Handle::new(1))];
    let sides = ["[0].key", "[0].value"];
    assert_eq!(labels(&BTreeMap::from(entry())), sides);
    assert_eq!(labels(&HashMap::from(entry())), sides);
    assert_eq!(labels(&HashMap::from([("name", Handle::new(0))])), ["[0].value"]);
    assert_eq!(edges(&HashMap::from(handles().map(|handle| (handle, 0)))), 3);
}

#[test]
fn enums_name_the_variant_that_holds_the_edge() {
    let handle = || Handle::new(0);
    assert_eq!(labels(&Some(handle())), ["Some.0"]);
    assert_eq!(labels(&None::<Handle>), [""; 0]);
    assert_eq!(labels(&Ok::<_, ()>(handle())), ["Ok.0"]);
    assert_eq!(labels(&Err::<(), _>(handle())), ["Err.0"]);
    assert_eq!(labels(&Poll::Ready(handle())), ["Ready.0"]);
    assert_eq!(labels(&ControlFlow::<_>::Break(handle())), ["Break.0"]);
    assert_eq!(labels(&Bound::Included(handle())), ["Included.0"]);
}

#[test]
fn structs_and_tuples_name_the_field() {
    let handle = || Handle::new(0);
    assert_eq!(labels(&(handle(), 1, handle())), ["0", "2"]);
    assert_eq!(labels(&(handle(),)), ["0"]);
    assert_eq!(labels(&(handle()..handle())), ["start", "end"]);
    assert_eq!(labels(&(handle()..=handle())), ["start", "end"]);
    assert_eq!(labels(&(..handle())), ["end"]);
    let many = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, handle(), handle());
    assert_eq!(labels(&many), ["10", "11"]);
}

#[test]
fn names_of_nested_containers_are_joined() {
    let nested = RefCell::new(Vec::from([None, Some((1, Box::new(Handle::new(0))))]));
    assert_eq!(labels(&nested), ["[1].1"]);
}

#[test]
fn wrappers_are_transparent() {
    macro_rules! one_edge {
        ($($wrapper:expr),* $(,)?) => {$(
            assert_eq!(labels(&$wrapper), [""], stringify!($wrapper));
        )*};
    }
    let handle = || Handle::new(0);
    one_edge! {
        Box::new(handle()),
        Cell::new(handle()),
        RefCell::new(handle()),
        OnceCell::from(handle()),
        OnceLock::from(handle()),
        Mutex::new(handle()),
        RwLock::new(handle()),
        Wrapping(handle()),
        Reverse(handle()),
        Cursor::new(handle()),
        Pin::new(Box::new(handle())),
        Pin::new(Gc::new(0_u8)),
    }
    assert_eq!(labels(&Cow::<[Handle]>::Owned(Vec::from([handle()]))), ["[0]"]);
}

#[test]
fn a_boxed_trait_object_is_looked_into() {
    trait Shape: crate::Trace {}
    impl Shape for Handle {}
    let shape: Box<dyn Shape> = Box::new(Handle::new(0));
    assert_eq!(edges(&shape), 1);
}

#[test]
fn a_lazy_value_is_looked_into_once_it_is_there() {
    let lazy = LazyCell::new(|| Handle::new(0));
    assert_eq!(edges(&lazy), 0);
    LazyCell::force(&lazy);
    assert_eq!(edges(&lazy), 1);

    let lazy = LazyLock::new(|| Handle::new(0));
    assert_eq!(edges(&lazy), 0);
    LazyLock::force(&lazy);
    assert_eq!(edges(&lazy), 1);
}

#[test]
fn an_empty_cell_reports_nothing() {
    assert_eq!(edges(&OnceCell::<Handle>::new()), 0);
    assert_eq!(edges(&OnceLock::<Handle>::new()), 0);
    assert_eq!(edges(&Cell::new(None::<Handle>)), 0);
}

impl Read for Handle {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

#[test]
fn adapters_that_read_report_their_source() {
    assert_eq!(labels(&BufReader::new(Handle::new(0))), [""]);
    assert_eq!(labels(&Handle::new(0).take(10)), [""]);
    assert_eq!(labels(&Handle::new(0).chain(Handle::new(1))), ["first", "second"]);
}
