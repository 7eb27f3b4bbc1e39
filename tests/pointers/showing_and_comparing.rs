//! `Debug`, `Display`, comparison and hashing.

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};
use std::num::ParseIntError;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::{Gc, Trace, Tracer};

use crate::kinds::LONG;

/// A link of a list that may close to a ring.
#[derive(Debug, Default)]
struct Link {
    next: RefCell<Option<Gc<Link>>>,
}

// SAFETY: the edge is reported once.
unsafe impl Trace for Link {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.next.trace(tracer);
    }
}

fn list(length: usize) -> Option<Gc<Link>> {
    (0..length).fold(None, |next, _| Some(Gc::new(Link { next: RefCell::new(next) })))
}

#[test]
fn a_handle_is_shown_as_its_value() {
    assert_eq!(format!("{:?}", Gc::new(75)), "75");
    assert_eq!(format!("{}", Gc::new("text")), "text");
    assert_eq!(format!("{:#?}", Gc::new([1])), "[\n    1,\n]");
    assert_eq!(format!("{:>4}|{:04}", Gc::new(7), Gc::new(7)), "   7|0007");
}

#[test]
fn a_value_inside_itself_is_shown_once() {
    let link = Gc::new(Link::default());
    *link.next.borrow_mut() = Some(link.clone());
    let shown = "Link { next: RefCell { value: Some(Gc(<cycle>)) } }";
    assert_eq!(format!("{link:?}"), shown);
    assert_eq!(format!("{link:?}"), shown, "the walk was left");
    link.next.take();
}

#[test]
fn a_long_ring_is_shown_once() {
    let a = Gc::new(Link::default());
    let b = Gc::new(Link { next: RefCell::new(Some(a.clone())) });
    *a.next.borrow_mut() = Some(b.clone());
    assert_eq!(format!("{a:?}").matches("Link").count(), 2);
    assert_eq!(format!("{b:?}").matches("<cycle>").count(), 1);
    a.next.take();
}

#[test]
fn an_object_that_is_shared_but_not_cyclic_is_shown_each_time() {
    let shared = Gc::new(5);
    assert_eq!(format!("{:?}", Gc::new((shared.clone(), shared))), "(5, 5)");
}

#[test]
fn a_list_of_a_million_is_shown_to_a_bounded_depth() {
    let head = list(LONG).unwrap();
    let shown = format!("{head:?}");
    assert_eq!(shown.matches("Link").count(), 128);
    assert!(shown.contains("Some(Gc(..))"));
    // Each letter goes through all the indentations, which takes Miri minutes.
    assert!(cfg!(miri) || format!("{head:#?}").contains("Gc(..)"));
}

#[test]
fn showing_a_deep_value_takes_a_bounded_stack() {
    let length = if cfg!(miri) { 8 } else { 1000 };
    let show = move || format!("{:#?}", list(length)).len();
    // The only thread there is has as much.
    if cfg!(target_family = "wasm") {
        return assert!(show() > 1000);
    }
    let shown = std::thread::Builder::new().stack_size(1 << 20).spawn(show);
    assert!(shown.unwrap().join().unwrap() > 1000);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_while_showing_leaves_the_walk() {
    struct Fails;
    impl std::fmt::Debug for Fails {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("cannot be shown")
        }
    }
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Fails {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let object = Gc::new(Gc::new(Fails));
    for _ in 0..if cfg!(miri) { 10 } else { 200 } {
        assert!(catch_unwind(AssertUnwindSafe(|| format!("{object:?}"))).is_err());
    }
    assert_eq!(format!("{:?}", Gc::new(Gc::new(1))), "1");
}

#[test]
fn a_value_that_shows_another_while_it_is_shown_works() {
    struct Outer(Gc<Link>);
    impl std::fmt::Debug for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let inner = format!("{:?}", self.0);
            f.write_str(&inner)
        }
    }
    // SAFETY: the edge is reported once.
    unsafe impl Trace for Outer {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }
    }
    let outer = Gc::new(Outer(Gc::new(Link::default())));
    assert_eq!(format!("{outer:?}"), "Link { next: RefCell { value: None } }");
}

#[test]
fn handles_are_equal_if_their_values_are() {
    assert_eq!(Gc::new(5), Gc::new(5));
    assert_ne!(Gc::new(5), Gc::new(6));
    let slice: Gc<[i32]> = Gc::from([1, 2, 3]);
    assert_eq!(slice, slice.clone());
}

#[test]
fn a_value_that_is_not_equal_to_itself_stays_so() {
    let nan = Gc::new(f32::NAN);
    assert!(nan != nan.clone());
    assert_ne!(nan, nan);
}

#[test]
fn equality_asks_the_values_each_time() {
    struct Counted(RefCell<usize>);
    impl PartialEq for Counted {
        fn eq(&self, other: &Counted) -> bool {
            *self.0.borrow_mut() += 1;
            *other.0.borrow_mut() += 1;
            true
        }
    }
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Counted {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let x = Gc::new(Counted(RefCell::new(0)));
    assert!(x == x.clone());
    // `!=` is a question of its own; the default answer asks `==`.
    let differs = !(x == x.clone()) || x != x.clone();
    assert!(!differs);
    assert_eq!(*x.0.borrow(), 6);
}

#[test]
fn an_error_in_a_handle_names_its_source() {
    #[derive(Debug)]
    struct Unreadable(ParseIntError);
    impl Display for Unreadable {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("unreadable")
        }
    }
    impl Error for Unreadable {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    let cause = "x".parse::<i32>().unwrap_err();
    let error = Gc::new_untraced(Unreadable(cause.clone()));
    let error: &dyn Error = &error;
    assert_eq!(error.source().unwrap().to_string(), cause.to_string());
}

#[test]
fn handles_are_ordered_and_hashed_as_their_values() {
    assert!(Gc::new(1) < Gc::new(2));
    assert!(Gc::new(2) >= Gc::new(2));
    assert!(Gc::new(2) <= Gc::new(2) && Gc::new(2) > Gc::new(1));
    assert_eq!(Gc::new("a").cmp(&Gc::new("b")), "a".cmp("b"));
    assert_eq!(Gc::new(1.0).partial_cmp(&Gc::new(f64::NAN)), None);
    let hash = |value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let text: Gc<str> = Gc::from("text");
    assert_eq!(hash(&|state| text.hash(state)), hash(&|state| "text".hash(state)));
}
