//! The depth of a structure costs no stack: everything here runs on 64 KiB.

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::thread;

use gcycle::{Gc, Trace, Tracer, Weak, gc};

/// With a collection at every allocation, long enough is shorter. Miri has no stack that
/// could overflow, and sees in a short list what happens in a long one.
const LENGTH: usize = if cfg!(miri) {
    60
} else if cfg!(gc_zeal) {
    2_000
} else {
    300_000
};

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    // The only thread there is has 1 MiB, which is not enough for a step of each object.
    if cfg!(target_family = "wasm") {
        return run();
    }
    thread::Builder::new()
        .stack_size(64 << 10)
        .spawn(run)
        .expect("a thread can be started")
        .join()
        .expect("the stack is large enough");
}

/// One link of a list, in both directions.
#[derive(Default)]
struct Link {
    next: RefCell<Option<Gc<Link>>>,
    previous: RefCell<Option<Gc<Link>>>,
}

// SAFETY: each field is reported once.
unsafe impl Trace for Link {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.next.trace(tracer);
        self.previous.trace(tracer);
    }
}

fn chain(length: usize) -> Gc<Link> {
    let mut head = Gc::new(Link::default());
    for _ in 1..length {
        head = Gc::new(Link { next: RefCell::new(Some(head)), previous: RefCell::default() });
    }
    head
}

fn doubly_linked(length: usize) -> Gc<Link> {
    let mut head = Gc::new(Link::default());
    for _ in 1..length {
        let new = Gc::new(Link::default());
        *head.previous.borrow_mut() = Some(new.clone());
        *new.next.borrow_mut() = Some(head);
        head = new;
    }
    head
}

#[test]
fn a_long_list_is_dropped() {
    on_a_small_stack(|| {
        drop(chain(LENGTH));
        assert_eq!(gc::memory().objects, 0);
    });
}

/// An object whose `Drop`s take more of the stack.
#[derive(Default)]
struct Branch(RefCell<Vec<Gc<Branch>>>);

// SAFETY: each item is reported once.
unsafe impl Trace for Branch {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }
}

impl Branch {
    fn of(parts: impl IntoIterator<Item = Gc<Branch>>) -> Gc<Branch> {
        Gc::new(Branch(RefCell::new(parts.into_iter().collect())))
    }

    fn chain(length: usize) -> Gc<Branch> {
        (1..length).fold(Branch::of([]), |head, _| Branch::of([head]))
    }
}

/// The lengths of the teeth of a comb: from 1 to `most`.
fn teeth(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let next = |state: &usize| Some(state.wrapping_mul(0x9E37_79B1).wrapping_add(12345));
    std::iter::successors(Some(1), next).map(move |state| 1 + (state >> 8) % most).take(count)
}

#[test]
fn a_long_list_of_lists_is_dropped_however_long_these_are() {
    on_a_small_stack(|| {
        // Each is dropped before what follows. Some end where the stack is not shallow any
        // more, which must not let what follows go as far again.
        let tooth_lengths: &[usize] =
            if cfg!(miri) { &[3] } else { &[2, 10, 50, 100, 200, 400, 800] };
        for &most in tooth_lengths {
            let lengths = teeth(LENGTH / most / 10, most);
            drop(lengths.fold(Gc::new(Link::default()), |head, length| {
                let next = RefCell::new(Some(chain(length)));
                Gc::new(Link { next, previous: RefCell::new(Some(head)) })
            }));
            let lengths = teeth(LENGTH / most / 10, most);
            drop(
                lengths
                    .fold(Branch::of([]), |head, length| Branch::of([Branch::chain(length), head])),
            );
            assert_eq!(gc::memory().objects, 0);
        }
    });
}

#[test]
fn a_long_doubly_linked_list_is_collected() {
    on_a_small_stack(|| {
        drop(doubly_linked(LENGTH));
        gc::collect();
        assert_eq!(gc::memory().objects, 0);
        assert_eq!(gc::memory().reserved_bytes, 0);
    });
}

#[test]
fn a_long_list_that_is_alive_is_examined() {
    on_a_small_stack(|| {
        let head = doubly_linked(LENGTH);
        drop(head.clone());
        assert_eq!(gc::collect(), 0);
        drop(head);
        assert_eq!(gc::collect(), LENGTH);
    });
}

#[test]
fn a_long_list_that_only_a_cycle_holds_is_dropped() {
    on_a_small_stack(|| {
        let list = chain(LENGTH);
        gc::collect();
        // Under gc_zeal the second allocation would promote the first object.
        let _pause = gc::pause();
        let ring = doubly_linked(2);
        *ring.previous.borrow_mut() = Some(list);
        drop(ring);
        // A young collection: the list is old, and dies link by link.
        assert_eq!(gc::collect_generation(gc::Generation::Young), 2);
        assert_eq!(gc::memory().objects, 0);
    });
}

thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
}

/// A link with a finalizer, and weak references to it.
struct Watched {
    next: RefCell<Option<Gc<Watched>>>,
    back: Weak<Watched>,
}

// SAFETY: the one edge is reported once.
unsafe impl Trace for Watched {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.next.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|_| FINALIZED.set(FINALIZED.get() + 1))
    }
}

#[test]
fn a_long_list_with_finalizers_and_weak_references_is_dropped() {
    on_a_small_stack(|| {
        let mut head = Gc::new(Watched { next: RefCell::default(), back: Weak::new() });
        let first = Gc::downgrade(&head);
        for _ in 1..LENGTH {
            let back = Gc::downgrade(&head);
            head = Gc::new(Watched { next: RefCell::new(Some(head)), back });
        }
        assert!(head.back.upgrade().is_some());
        drop(head);
        assert_eq!(FINALIZED.get(), LENGTH);
        assert!(first.upgrade().is_none());
        drop(first);
        assert_eq!(gc::memory().objects, 0);
    });
}

/// A finalizer that drops the next list, and so on, with `ROOM` bytes of the stack
/// in use.
#[derive(Default)]
struct Nested<const ROOM: usize>(RefCell<Option<Gc<Self>>>, RefCell<Option<Gc<Link>>>);

// SAFETY: each field is reported once.
unsafe impl<const ROOM: usize> Trace for Nested<ROOM> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
        self.1.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|nested| {
            let room = black_box([0_u8; ROOM]);
            drop(nested.1.take());
            drop(nested.0.take());
            black_box(&room);
        })
    }
}

impl<const ROOM: usize> Nested<ROOM> {
    fn drop_many() {
        let lengths: &[usize] = if cfg!(miri) { &[1, 20] } else { &[1, 2, 5, 20, 100] };
        for &length in lengths {
            let mut head = Gc::new(Self::default());
            for _ in 0..LENGTH / if cfg!(miri) { 20 } else { 100 } {
                let list = RefCell::new(Some(chain(length)));
                head = Gc::new(Nested(RefCell::new(Some(head)), list));
            }
            drop(head);
            assert_eq!(gc::memory().objects, 0);
        }
    }
}

#[test]
fn finalizers_that_drop_each_others_objects_do_not_nest() {
    on_a_small_stack(Nested::<0>::drop_many);
}

#[test]
fn finalizers_that_take_much_of_the_stack_do_not_nest() {
    on_a_small_stack(Nested::<3000>::drop_many);
}
