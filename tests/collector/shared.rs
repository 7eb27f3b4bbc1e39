//! Interned strings and small integers.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::intern::{int, intern};
use gcycle::weak::WeakMap;
use gcycle::{Finalize, Gc, Trace, gc};

#[test]
fn equal_texts_are_one_object_while_it_has_users() {
    let (one, other) = (intern("name"), intern("name"));
    assert!(Gc::ptr_eq(&one, &other));
    assert!(!Gc::ptr_eq(&one, &intern("Name")));
    assert!(!gc::is_tracked(&one), "a string is in no cycle");
}

#[test]
fn interned_strings_go_with_their_last_users() {
    let before = gc::memory().objects;
    let count = if cfg!(miri) { 50 } else { 1000 };
    let names: Vec<Gc<str>> = (0..count).map(|number| intern(&number.to_string())).collect();
    assert_eq!(gc::memory().objects, before + count);
    drop(names);
    assert_eq!(gc::memory().objects, before);
    assert_eq!(&*intern("7"), "7", "and can be interned again");
}

#[test]
fn small_integers_are_shared_and_stay() {
    let one = int(1);
    let id = gc::id(&one);
    drop(one);
    gc::collect();
    assert_eq!(gc::id(&int(1)), id);
    for number in [-5, 0, 256] {
        assert_eq!(*int(number), number);
        assert!(Gc::ptr_eq(&int(number), &int(number)));
    }
    for number in [-6, 257, i64::MIN, i64::MAX] {
        assert_eq!(*int(number), number);
        assert!(!Gc::ptr_eq(&int(number), &int(number)));
    }
}

#[test]
fn interned_text_is_not_changed() {
    let mut name = intern("unchanged");
    assert!(Gc::get_mut(&mut name).is_none());
    Gc::make_mut(&mut name).make_ascii_uppercase();
    assert_eq!((&*name, &*intern("unchanged")), ("UNCHANGED", "unchanged"));
    assert!(Gc::get_mut(&mut name).is_some(), "it is a copy");
}

#[test]
fn text_that_dies_late_is_replaced() {
    /// Interns the text of its field again while that dies.
    struct Again(Option<Gc<str>>, Rc<RefCell<Option<Gc<str>>>>);
    impl Drop for Again {
        fn drop(&mut self) {
            let mine = self.0.take().unwrap();
            let weak = Gc::downgrade_with(&mine, {
                let found = Rc::clone(&self.1);
                move || *found.borrow_mut() = Some(intern("late"))
            });
            drop(mine);
            drop(weak);
        }
    }
    let found = Rc::default();
    let first = intern("late");
    let again = Again(Some(first), Rc::clone(&found));
    drop(again);
    let found = found.borrow().clone().unwrap();
    assert!(Gc::ptr_eq(&found, &intern("late")));
    assert_eq!(&*found, "late");
}

/// Brings its text back when it is garbage.
#[derive(Trace)]
#[trace(finalize)]
struct Keeper {
    me: RefCell<Option<Gc<Keeper>>>,
    text: Option<Gc<str>>,
    #[trace(skip)]
    kept: Rc<RefCell<Option<Gc<str>>>>,
}

impl Finalize for Keeper {
    fn finalize(&self) {
        if let Some(text) = &self.text {
            *self.kept.borrow_mut() = Some(Gc::clone(text));
        }
    }
}

impl Keeper {
    fn in_a_cycle(text: Option<Gc<str>>, kept: &Rc<RefCell<Option<Gc<str>>>>) -> Gc<Keeper> {
        let keeper = Keeper { me: RefCell::default(), text, kept: Rc::clone(kept) };
        let keeper = Gc::new(keeper);
        *keeper.me.borrow_mut() = Some(Gc::clone(&keeper));
        keeper
    }
}

#[test]
fn text_that_a_finalizer_brings_back_is_still_interned() {
    for has_callback in [false, true] {
        let kept = Rc::default();
        // Once it was a key, a collection may find it unreachable.
        let (text, map) = (intern("kept"), WeakMap::new());
        map.insert(&text, 1);
        let keeper = Keeper::in_a_cycle(Some(text), &kept);
        let other = Keeper::in_a_cycle(None, &kept);
        let _weak = has_callback.then(|| Gc::downgrade_with(&other, || ()));
        drop((keeper, other));
        assert_eq!(gc::collect(), 2);
        let kept = kept.take().unwrap();
        assert!(Gc::ptr_eq(&kept, &intern("kept")), "with a callback: {has_callback}");
    }
}
