//! STUB, to check examples/tour against the interface; not to be kept.
use crate::{Gc, Weak};
use alloc::string::String;
use core::cell::RefCell;
use std::collections::HashMap;
std::thread_local! {
    static TEXTS: RefCell<HashMap<String, Weak<String>>> = RefCell::default();
    static INTS: RefCell<HashMap<i64, Gc<i64>>> = RefCell::default();
}
/// stub
#[must_use]
pub fn intern(text: &str) -> Gc<String> {
    if let Some(gc) = TEXTS.with_borrow(|t| t.get(text).and_then(Weak::upgrade)) {
        return gc;
    }
    let gc = Gc::new(String::from(text));
    TEXTS.with_borrow_mut(|t| t.insert(String::from(text), Gc::downgrade(&gc)));
    gc
}
/// stub
#[must_use]
pub fn int(number: i64) -> Gc<i64> {
    if !(-5..=256).contains(&number) {
        return Gc::new(number);
    }
    INTS.with_borrow_mut(|i| i.entry(number).or_insert_with(|| Gc::new(number)).clone())
}
