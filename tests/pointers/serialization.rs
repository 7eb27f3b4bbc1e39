//! The `serde` feature.

use std::cell::RefCell;

use gcycle::{Gc, Trace, Tracer, Untraced, Weak};
use serde::{Deserialize, Serialize};

use crate::kinds::LONG;

#[derive(Debug, Default, Deserialize, Serialize)]
struct Link {
    next: RefCell<Option<Gc<Link>>>,
}

// SAFETY: the edge is reported once.
unsafe impl Trace for Link {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.next.trace(tracer);
    }
}

#[test]
fn a_handle_is_written_as_its_value_and_read_back() {
    let list = Gc::new(Link { next: RefCell::new(Some(Gc::new(Link::default()))) });
    let json = serde_json::to_string(&list).unwrap();
    assert_eq!(json, r#"{"next":{"next":null}}"#);
    let back: Gc<Link> = serde_json::from_str(&json).unwrap();
    assert!(back.next.borrow().as_ref().unwrap().next.borrow().is_none());
}

#[test]
fn text_slices_and_untraced_values_are_written_and_read() {
    let value: (Gc<str>, Gc<[u8]>, Untraced<String>) =
        (Gc::from("text"), Gc::from([1, 2]), Untraced("plain".into()));
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(json, r#"["text",[1,2],"plain"]"#);
    assert_eq!(
        serde_json::from_str::<(Gc<str>, Gc<[u8]>, Untraced<String>)>(&json).unwrap(),
        value
    );
}

#[test]
fn what_is_shared_is_written_twice_and_comes_back_apart() {
    let shared = Gc::new(5);
    let json = serde_json::to_string(&(shared.clone(), shared)).unwrap();
    assert_eq!(json, "[5,5]");
    let (a, b): (Gc<i32>, Gc<i32>) = serde_json::from_str(&json).unwrap();
    assert!(a == b && !Gc::ptr_eq(&a, &b));
}

#[test]
fn a_cycle_is_an_error_that_names_the_type() {
    let link = Gc::new(Link::default());
    *link.next.borrow_mut() = Some(link.clone());
    let error = serde_json::to_string(&link).unwrap_err().to_string();
    assert!(error.starts_with("cannot serialize a cycle: a `Gc<"), "{error}");
    assert!(error.contains("Link"), "{error}");
    assert!(serde_json::to_string(&link).is_err(), "and again");
    link.next.take();
    assert!(serde_json::to_string(&link).is_ok());
}

#[test]
fn a_list_of_a_million_is_an_error() {
    let list = (0..LONG).fold(None, |next, _| Some(Gc::new(Link { next: RefCell::new(next) })));
    let error = serde_json::to_string(&list).unwrap_err().to_string();
    assert!(error.contains("nested too deeply"), "{error}");
}

#[test]
fn a_weak_handle_is_written_as_an_option() {
    let five = Gc::new(5);
    let weak = Gc::downgrade(&five);
    assert_eq!(serde_json::to_string(&weak).unwrap(), "5");
    drop(five);
    assert_eq!(serde_json::to_string(&weak).unwrap(), "null");
    let back: Weak<i32> = serde_json::from_str("5").unwrap();
    assert!(back.upgrade().is_none());
}
