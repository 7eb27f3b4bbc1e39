//! Interned strings and small integers.

use gcycle::intern::{int, intern};
use gcycle::{Gc, gc};

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
