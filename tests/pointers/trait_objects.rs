//! `Gc<dyn Trait>` on stable Rust. Nothing here needs `unsafe`.
#![forbid(unsafe_code)]

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::{Debug, Display};

use gcycle::{Closure, Gc, Weak, gc, unsize};

use crate::kinds::{Drops, Node, Watched, stir};

trait Linked {
    fn link(&self, to: Gc<Node>);
    fn size(&self) -> usize;
}

impl Linked for Node {
    fn link(&self, to: Gc<Node>) {
        self.edges.borrow_mut().push(to);
    }

    fn size(&self) -> usize {
        self.edges.borrow().len()
    }
}

#[test]
fn an_array_becomes_a_slice() {
    let a: Gc<[u32]> = unsize!(Gc::new([3, 2, 1]) => [u32]);
    let b: Gc<[u32]> = Gc::from(&[3, 2, 1][..]);
    assert_eq!(a, b);
    let weak = Gc::downgrade(&a).clone();
    assert!(weak.upgrade().is_some());
}

#[test]
fn a_value_becomes_a_trait_object() {
    let a: Gc<dyn Any> = unsize!(Gc::new(4_u32) => dyn Any);
    let weak = Gc::downgrade(&a).clone();
    assert!(weak.upgrade().is_some());
    let none: Weak<dyn Any> = unsize!(Weak::<u32>::new().clone() => dyn Any);
    assert!(none.clone().upgrade().is_none());
    let text: Gc<dyn Display> = unsize!(Gc::new("text") => dyn Display);
    assert_eq!(text.to_string(), "text");
    let unit: Gc<dyn Debug> = unsize!(Gc::new(()) => dyn Debug);
    assert_eq!(format!("{unit:?}"), "()");
}

#[test]
fn a_weak_handle_becomes_one_to_a_trait_object() {
    let object = Gc::new(4_u32);
    let weak: Weak<dyn Any> = unsize!(Gc::downgrade(&object) => dyn Any);
    assert!(weak.upgrade().unwrap().is::<u32>());
    drop(object);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_trait_object_becomes_one_of_a_supertrait() {
    trait Sub: Display {}
    impl Sub for i32 {}
    let sub: Gc<dyn Sub> = unsize!(Gc::new(7) => dyn Sub);
    let above: Gc<dyn Display> = unsize!(sub => dyn Display);
    assert_eq!(above.to_string(), "7");
}

#[test]
fn the_value_behind_a_trait_object_is_dropped_whole() {
    let drops = Drops::new();
    let object: Gc<dyn Linked> = unsize!(Gc::new(Node::new(&drops)) => dyn Linked);
    object.link(Gc::new(Node::new(&drops)));
    stir();
    assert_eq!((object.size(), drops.count()), (1, 0));
    drop(object);
    assert_eq!(drops.count(), 2);
}

#[test]
fn a_cycle_through_a_trait_object_is_collected() {
    let drops = Drops::new();
    let node = Gc::new(Node::new(&drops));
    let object: Gc<dyn Linked> = unsize!(node.clone() => dyn Linked);
    object.link(node);
    let weak = Gc::downgrade(&object);
    drop(object);
    assert!(weak.upgrade().is_some());
    assert_eq!(gc::collect(), 1);
    assert_eq!(drops.count(), 1);
    assert!(weak.upgrade().is_none());
}

#[test]
#[expect(clippy::large_stack_arrays, reason = "too large to share a page with others")]
fn a_boxed_trait_object_becomes_an_object() {
    trait Part: gcycle::Trace {
        fn link(&self, to: Gc<dyn Part>);
        fn bytes(&self) -> &[u8];
    }
    impl<const N: usize> Part for (RefCell<Vec<Gc<dyn Part>>>, [u8; N], Watched) {
        fn link(&self, to: Gc<dyn Part>) {
            self.0.borrow_mut().push(to);
        }
        fn bytes(&self) -> &[u8] {
            &self.1
        }
    }
    let drops = Drops::new();
    let parts: [Box<dyn Part>; 4] = [
        Box::new((RefCell::default(), [1; 1], drops.watch())),
        Box::new((RefCell::default(), [2; 100], drops.watch())),
        Box::new((RefCell::default(), [3; 8000], drops.watch())),
        Box::new((RefCell::default(), [4; 32_000], drops.watch())),
    ];
    let parts = parts.map(Gc::from_box);
    assert_eq!(drops.count(), 0);
    for (part, number) in parts.iter().zip(1..) {
        assert!(
            part.bytes()
                .iter()
                .step_by(if cfg!(miri) { 99 } else { 1 })
                .all(|&byte| byte == number)
        );
        part.link(part.clone());
        part.link(parts[0].clone());
    }
    stir();
    let weak = parts.each_ref().map(Gc::downgrade);
    assert_eq!(gc::collect(), 0);
    drop(parts);
    assert_eq!(gc::collect(), 4);
    assert_eq!(drops.count(), 4);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn what_has_no_finalizer_was_never_finalized() {
    trait Part: gcycle::Trace {}
    impl Part for i32 {}
    let boxed: Box<dyn Part> = Box::new(1);
    assert!(!gc::is_finalized(&Gc::from_box(boxed)));
    assert!(!gc::is_finalized(&Gc::<[Gc<i32>]>::from(vec![Gc::new(1)])));
}

#[test]
fn a_boxed_trait_object_without_a_size_becomes_an_object() {
    trait Shown: Debug + gcycle::Trace {}
    impl Shown for () {}
    impl Shown for i32 {}
    let boxes: [Box<dyn Shown>; 2] = [Box::new(()), Box::new(123)];
    let shown = boxes.map(Gc::from_box);
    assert_eq!(format!("{shown:?}"), "[(), 123]");
}

#[test]
fn a_trait_object_is_found_to_be_what_it_is() {
    let number: Gc<dyn Any> = unsize!(Gc::new(i32::MAX) => dyn Any);
    let text: Gc<dyn Any> = unsize!(Gc::new("abc") => dyn Any);
    let number = number.downcast::<u32>().unwrap_err();
    assert_eq!(number.downcast::<i32>().unwrap(), Gc::new(i32::MAX));
    assert!(text.clone().downcast::<i32>().is_err());
    assert_eq!(text.downcast::<&'static str>().unwrap(), Gc::new("abc"));
}

#[test]
fn a_downcast_keeps_the_count() {
    let object: Gc<dyn Any> = unsize!(Gc::new(5_u8) => dyn Any);
    let copy = object.clone();
    let five: Gc<u8> = object.downcast().unwrap();
    assert_eq!(Gc::strong_count(&five), 2);
    drop(copy);
    assert_eq!(Gc::try_unwrap(five), Ok(5));
}

#[test]
fn closures_are_shared_as_trait_objects() {
    let count = Gc::new(Cell::new(0));
    let counted = count.clone();
    let closure: Gc<dyn Fn(i32) -> i32> = unsize!(
        Gc::new_untraced(move |by| {
            counted.set(counted.get() + by);
            counted.get()
        }) => dyn Fn(i32) -> i32
    );
    let copy = closure.clone();
    assert_eq!((closure(2), copy(3)), (2, 5));
    drop((closure, copy));
    assert_eq!(Gc::strong_count(&count), 1, "the closure and its capture were dropped");
}

#[test]
fn a_closure_keeps_what_it_captures() {
    let drops = Drops::new();
    let (node, _) = Node::ring(&drops);
    let closure: Gc<dyn Fn() -> usize> =
        unsize!(Gc::new_untraced(move || node.edges.borrow().len()) => dyn Fn() -> usize);
    stir();
    assert_eq!((closure(), drops.count()), (1, 0));
    drop(closure);
    assert_eq!(gc::collect(), 2);
}

#[test]
fn a_copy_of_a_closure_holds_its_captures_too() {
    let drops = Drops::new();
    let (node, _) = Node::ring(&drops);
    let closure = Closure::new(node, |node: &Gc<Node>| node.edges.borrow().len());
    let copy = closure.clone();
    drop(closure);
    assert_eq!(gc::collect(), 0);
    assert_eq!(copy.as_fn::<dyn Fn() -> usize>()(), 1);
    drop(copy);
    assert_eq!(gc::collect(), 2);
}

#[test]
fn trait_objects_share_one_collection_with_concrete_handles() {
    let all: RefCell<Vec<Gc<dyn Debug>>> = RefCell::default();
    all.borrow_mut().push(unsize!(Gc::new(1) => dyn Debug));
    all.borrow_mut().push(unsize!(Gc::new("two") => dyn Debug));
    assert_eq!(format!("{:?}", all.borrow()), "[1, \"two\"]");
}
