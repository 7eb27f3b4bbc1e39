//! `tracked`: containers answer for their contents.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::Pin;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::object::edges::EdgeBuffer;
use crate::trace::contract::Trace;
use crate::trace::tracer::Tracer;
use crate::{Gc, Untraced, Weak};

macro_rules! all {
    ($answer:literal: $($type:ty),* $(,)?) => {$(
        assert_eq!(<$type>::tracked(), $answer, stringify!($type));
    )*};
}

#[test]
fn what_can_hold_a_handle_is_tracked() {
    all! { true:
        Vec<Gc<u8>>, [Gc<u8>; 2], Option<Gc<u8>>, Result<u8, Gc<u8>>, (u8, Gc<u8>),
        HashMap<u8, Gc<u8>>, HashMap<Gc<u8>, u8>, BTreeMap<u8, Gc<u8>>, HashSet<Gc<u8>>,
        BinaryHeap<Gc<u8>>, RefCell<Gc<u8>>, Cell<Option<Gc<u8>>>, Mutex<Gc<u8>>,
        Cow<'static, [Gc<u8>]>, Pin<Box<Gc<u8>>>,
        Box<Gc<u8>>, Box<[Gc<u8>]>, Box<dyn Trace>,
    }
}

#[test]
fn what_cannot_hold_a_handle_is_untracked() {
    all! { false:
        (), u8, String, (u8, String), [String; 2], Option<String>, Result<u8, String>,
        Vec<Vec<u8>>, HashMap<String, Vec<u8>>, BTreeMap<u8, String>, HashSet<u8>,
        RefCell<String>, Cell<u8>, Mutex<Vec<u8>>, Cow<'static, str>,
        Rc<RefCell<String>>, &'static str, fn(&str) -> Gc<u8>, *const Gc<u8>,
        Box<str>, Box<[u8]>, Box<f64>, Option<Box<[(u8, char)]>>,
        Untraced<Gc<u8>>,
    }
}

#[test]
fn weak_handles_are_untracked_and_still_told_of() {
    all! { false: Weak<u8>, Vec<Weak<u8>>, HashMap<u8, Weak<u8>>, Mutex<Option<Weak<u8>>> }

    let target = Gc::new(0);
    let weak = || Gc::downgrade_with(&target, || ());
    let map = HashMap::from([(0, weak())]);
    let holders = (Vec::from([weak(), weak()]), map, Mutex::new(Some(weak())), [(1, weak())]);
    let mut reported = EdgeBuffer::new();
    holders.trace(&mut Tracer::new(&mut reported));
    assert_eq!(reported.watches().len(), 5);
    assert_eq!(reported.len(), 0);
}
