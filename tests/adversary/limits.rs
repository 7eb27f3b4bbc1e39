//! Depth and number, as far as no other test goes.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::hint::black_box;
use std::thread;

use gcycle::inspect::HeapSnapshot;
use gcycle::{Finalize, Gc, Trace, Untraced, Weak, gc, weak};

/// A chain of weak handles: the callback of each owns the one before.
fn chain(length: u32, object: &Gc<u32>) -> Weak<u32> {
    let mut handle = Gc::downgrade(object);
    for _ in 0..length {
        let owned = handle;
        handle = Gc::downgrade_with(object, move || drop(owned));
    }
    handle
}

#[test]
fn callbacks_that_own_the_next_do_not_overflow_the_stack() {
    let run = || {
        let length = if cfg!(miri) { 100 } else { 300_000 };
        let object = Gc::new(1);
        drop(chain(length, &object));
        assert_eq!(Gc::weak_count(&object), 0);
        // Called, they drop the next one, whose callback is called or dropped.
        let handle = chain(length, &object);
        drop(object);
        drop(handle);
    };
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.expect("a thread").join().expect("the stack is large enough");
}

/// Code of the program that takes much of the stack, makes many objects that die at once,
/// and then lets the next one go. Nothing that counts drops in one place may take that for
/// where the program works.
fn greedy(next: impl FnOnce()) {
    let mut room = [0_u8; if cfg!(miri) { 16 } else { 16 << 10 }];
    black_box(&mut room);
    for number in 0..TEMPORARIES {
        drop(Gc::new(number.to_string()));
    }
    next();
    black_box(&mut room);
}

/// More than make a place look like where the program works.
const TEMPORARIES: u32 = if cfg!(miri) { 3 } else { 150 };

const LENGTH: usize = if cfg!(any(miri, gc_zeal)) { 40 } else { 20_000 };

fn on_half_a_mib(run: fn()) {
    let thread = thread::Builder::new().stack_size(512 << 10).spawn(run);
    thread.expect("a thread").join().expect("the stack is large enough");
}

#[test]
fn greedy_finalizers_do_not_nest() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Node(RefCell<Option<Gc<Node>>>);

    impl Finalize for Node {
        fn finalize(&self) {
            greedy(|| drop(self.0.take()));
        }
    }

    on_half_a_mib(|| {
        let mut list = Gc::new(Node(RefCell::default()));
        for _ in 0..LENGTH {
            list = Gc::new(Node(RefCell::new(Some(list))));
        }
        drop(list);
    });
}

#[test]
fn greedy_drops_do_not_nest() {
    struct Greedy(Option<Gc<Untraced<Greedy>>>);

    impl Drop for Greedy {
        fn drop(&mut self) {
            greedy(|| drop(self.0.take()));
        }
    }

    on_half_a_mib(|| {
        let mut list = Gc::new(Untraced(Greedy(None)));
        for _ in 0..LENGTH {
            list = Gc::new(Untraced(Greedy(Some(list))));
        }
        drop(list);
    });
}

#[test]
fn greedy_callbacks_do_not_nest() {
    on_half_a_mib(|| {
        for is_held in [false, true] {
            let mut handles = Vec::new();
            let mut list = Gc::new(String::from("the last"));
            for _ in 0..LENGTH {
                let next = list;
                list = Gc::new(String::from("one"));
                let callback = move || greedy(move || drop(next));
                if is_held {
                    handles.push(Gc::downgrade_with(&list, callback));
                } else {
                    weak::finalize(&list, callback);
                }
            }
            drop(list);
            drop(handles);
        }
    });
}

#[test]
fn combs_of_greedy_finalizers_do_not_nest() {
    /// A list, each node of which holds a list of its own.
    #[derive(Trace)]
    #[trace(finalize)]
    struct Node {
        next: RefCell<Option<Gc<Node>>>,
        tooth: RefCell<Option<Gc<Node>>>,
    }

    impl Finalize for Node {
        fn finalize(&self) {
            greedy(|| {
                drop(self.tooth.take());
                greedy(|| drop(self.next.take()));
            });
        }
    }

    on_half_a_mib(|| {
        let list = |length: usize, tooth: &dyn Fn() -> Option<Gc<Node>>| {
            let mut list = None;
            for _ in 0..length {
                let node = Node { next: RefCell::new(list), tooth: RefCell::new(tooth()) };
                list = Some(Gc::new(node));
            }
            list
        };
        drop(list(LENGTH / 20, &|| list(20, &|| None)));
    });
}

#[test]
fn callbacks_that_move_the_next_value_out_do_not_overflow_the_stack() {
    on_half_a_mib(|| {
        let mut handles = Vec::new();
        let mut next = Gc::new(0);
        for number in 0..LENGTH {
            let one = Gc::new(number);
            let mut held = Some(next);
            handles.push(Gc::downgrade_with(&one, move || {
                assert!(Gc::try_unwrap(held.take().expect("it is called once")).is_ok());
            }));
            next = one;
        }
        assert_eq!(Gc::try_unwrap(next), Ok(LENGTH - 1));
        drop(handles);
    });
}

#[test]
fn values_without_a_size_are_not_counted_one_by_one() {
    let many = Gc::new(vec![(); usize::MAX]);
    let slice: Gc<[()]> = Gc::from(vec![(); usize::MAX]);
    assert!(HeapSnapshot::capture().len() >= 2);
    drop((many.clone(), slice.clone()));
    assert_eq!(gc::collect(), 0);
    assert_eq!((many.len(), slice.len()), (usize::MAX, usize::MAX));
}

#[test]
fn callbacks_that_register_the_next_do_not_keep_a_thread_for_ever() {
    fn register(object: &Gc<u32>) {
        let next = object.clone();
        weak::finalize(object, move || register(&next));
    }
    thread::spawn(|| register(&Gc::new(1))).join().expect("it ends");
}
