//! Slices, text and trait objects.

use std::sync::{Mutex, OnceLock};
use std::thread;

use gcycle::sync::{self, Gc, Weak};
use gcycle::{Trace, unsize};

use crate::values::{Counted, Counter, Node, ring, turn};

#[test]
fn text_is_shared() {
    let text: Gc<str> = Gc::from("hello");
    let other = text.clone();
    let len = thread::spawn(move || other.len()).join().unwrap();
    assert_eq!((len, &*text), (5, "hello"));
    assert_eq!(Gc::<str>::from(String::new()).len(), 0);
    let weak = Gc::downgrade(&text);
    assert_eq!(weak.upgrade().as_deref(), Some("hello"));
    assert_eq!(format!("{text} {text:?}"), "hello \"hello\"");
    drop(text);
    assert!(weak.upgrade().is_none());
}

#[test]
fn the_items_of_a_slice_are_dropped_once() {
    let _turn = turn();
    let counter = Counter::default();
    for len in [0, 1, 3] {
        let nodes: Gc<[Gc<Node>]> = (0..len).map(|_| Node::new(&counter)).collect();
        nodes.iter().for_each(|node| node.counted.check());
        assert_eq!(nodes.len(), len);
        drop(nodes);
        assert_eq!(counter.dropped(), counter.made());
    }
}

#[derive(Trace)]
#[trace(shared)]
struct Listed {
    #[trace(skip)]
    counted: Counted,
    list: OnceLock<Gc<[Gc<Listed>]>>,
}

#[test]
fn a_cycle_through_a_slice_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let listed = || Gc::new(Listed { counted: counter.count(), list: OnceLock::new() });
    let list: Gc<[Gc<Listed>]> = (0..3).map(|_| listed()).collect();
    for item in &*list {
        item.list.set(list.clone()).ok().unwrap();
    }
    let item = list[1].clone();
    drop(list);
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    item.list.get().unwrap()[2].counted.check();
    drop(item);
    counter.all_are_dropped();
}

/// What is larger aligned than the header, and what takes no room.
#[test]
fn items_of_any_layout_lie_in_slices() {
    #[derive(Trace, Clone, Debug, PartialEq)]
    #[trace(shared)]
    #[repr(align(256))]
    struct Aligned(u8);

    let _turn = turn();
    for len in [0, 1, 5] {
        let items: Gc<[Aligned]> = (0..len).map(Aligned).collect();
        assert_eq!(Gc::as_ptr(&items).cast::<u8>().addr() % 256, 0);
        assert!(items.iter().zip(0..).all(|(item, n)| item.0 == n));
        // Its slot waits for its entry.
        drop(items.clone());
        let units: Gc<[()]> = Gc::from(vec![(); usize::from(len)]);
        assert_eq!(units.len(), usize::from(len));
    }
    sync::gc::collect();
    let empty: Gc<[String]> = Gc::from(Vec::new());
    assert!(empty.is_empty());
}

#[test]
fn the_only_handle_can_change_the_items() {
    let mut items: Gc<[u32]> = Gc::from([1, 2].as_slice());
    Gc::get_mut(&mut items).unwrap()[0] = 5;
    assert_eq!(*items, [5, 2]);
}

trait Shape: Send + Sync {
    fn area(&self) -> usize;
    fn next(&self) -> &Mutex<Option<Gc<dyn Shape>>>;
}

#[derive(Trace)]
#[trace(shared)]
struct Square {
    #[trace(skip)]
    counted: Counted,
    side: usize,
    next: Mutex<Option<Gc<dyn Shape>>>,
    this: Weak<dyn Shape>,
}

impl Shape for Square {
    fn area(&self) -> usize {
        self.counted.check();
        self.side * self.side
    }

    fn next(&self) -> &Mutex<Option<Gc<dyn Shape>>> {
        &self.next
    }
}

fn square(counter: &Counter, side: usize) -> Gc<dyn Shape> {
    let square = Gc::new_cyclic(|this: &Weak<Square>| Square {
        counted: counter.count(),
        side,
        next: Mutex::default(),
        this: unsize!(this.clone() => dyn Shape),
    });
    assert_eq!(square.this.upgrade().unwrap().area(), side * side);
    unsize!(square => dyn Shape)
}

#[test]
fn a_cycle_of_trait_objects_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let [a, b] = [square(&counter, 2), square(&counter, 3)];
    *a.next().lock().unwrap() = Some(b.clone());
    *b.next().lock().unwrap() = Some(a.clone());
    drop(b);
    sync::gc::collect();
    assert_eq!(a.next().lock().unwrap().as_ref().unwrap().area(), 9);
    let weak = Gc::downgrade(&a);
    drop(a);
    assert_eq!(weak.upgrade().unwrap().area(), 4);
    counter.all_are_dropped();
    assert!(weak.upgrade().is_none());
}

#[test]
fn an_array_becomes_a_slice() {
    let _turn = turn();
    let counter = Counter::default();
    let rings: Gc<[Gc<Node>]> = unsize!(Gc::new([ring(&counter, 2), ring(&counter, 3)]) => [_]);
    assert_eq!(rings.len(), 2);
    let none: Weak<[u8]> = unsize!(Weak::<[u8; 3]>::new() => [u8]);
    assert!(none.upgrade().is_none());
    drop(rings);
    counter.all_are_dropped();
}
