//! Sets that are taken in and given up part by part: nothing is found twice,
//! nothing is forgotten.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::{Gc, Trace, Tracer, Weak, gc};

/// Many in a release build, where parts are large; few under Miri.
const RINGS: usize = if cfg!(miri) {
    12
} else if cfg!(debug_assertions) || cfg!(gc_zeal) {
    60
} else {
    5000
};
const RING: usize = if cfg!(miri) { 10 } else { 40 };

/// Counts what was dropped.
struct Token(Rc<Cell<usize>>);

impl Drop for Token {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[derive(Trace)]
struct Bead {
    next: RefCell<Option<Gc<Bead>>>,
    /// Into another ring.
    across: RefCell<Option<Gc<Bead>>>,
    #[trace(skip)]
    _token: Token,
}

fn bead(dropped: &Rc<Cell<usize>>) -> Gc<Bead> {
    Gc::new(Bead {
        next: RefCell::default(),
        across: RefCell::default(),
        _token: Token(Rc::clone(dropped)),
    })
}

fn ring(dropped: &Rc<Cell<usize>>) -> Gc<Bead> {
    let first = bead(dropped);
    let mut last = first.clone();
    for _ in 1..RING {
        let next = bead(dropped);
        *last.next.borrow_mut() = Some(next.clone());
        last = next;
    }
    *last.next.borrow_mut() = Some(first.clone());
    first
}

fn length(first: &Gc<Bead>) -> usize {
    let mut length = 1;
    let mut bead = first.next.borrow().clone().unwrap();
    while !Gc::ptr_eq(&bead, first) {
        length += 1;
        let next = bead.next.borrow().clone().unwrap();
        bead = next;
    }
    length
}

/// Makes rings, of which every `nth` is kept and each points into the one before,
/// and returns those kept and weak handles to some. Of each, two beads of 40 are
/// candidates.
fn rings(nth: usize, dropped: &Rc<Cell<usize>>) -> (Vec<Gc<Bead>>, Vec<Weak<Bead>>) {
    let (mut kept, mut weak) = (Vec::new(), Vec::new());
    let mut all = Vec::new();
    let mut before: Option<Gc<Bead>> = None;
    for number in 0..RINGS {
        let ring = ring(dropped);
        *ring.across.borrow_mut() = before.take().filter(|_| number % nth != 1);
        if number % 3 == 0 {
            weak.push(Gc::downgrade(&ring));
        }
        if number % nth == 0 {
            kept.push(ring.clone());
        }
        all.push(ring.next.borrow().clone());
        all.push(Some(ring.clone()));
        before = Some(ring);
    }
    drop(before);
    // What a full collection found alive is no candidate any more.
    assert_eq!(gc::collect(), 0);
    drop(all);
    (kept, weak)
}

#[test]
fn few_candidates_of_many_objects_find_all_garbage_and_no_more() {
    let dropped = Rc::new(Cell::new(0));
    let _paused = gc::pause();
    let (kept, weak) = rings(10, &dropped);
    // Each ring that is kept holds those before, up to the last that is kept.
    let garbage = (RINGS - 1) % 10 * RING;
    assert_eq!(gc::collect(), garbage);
    assert_eq!(dropped.get(), garbage);
    assert!(kept.iter().all(|ring| length(ring) == RING));
    let alive = weak.iter().filter(|weak| weak.upgrade().is_some()).count();
    assert_eq!(alive, (RINGS - (RINGS - 1) % 10).div_ceil(3));

    let rest = RINGS * RING - garbage;
    drop(kept);
    assert_eq!(gc::collect(), rest);
    assert_eq!(dropped.get(), RINGS * RING);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
    assert_eq!(gc::collect(), 0);
}

/// A bead whose `trace` panics when the fuse has burnt down.
struct Fused {
    next: RefCell<Option<Gc<Fused>>>,
    fuse: Rc<Cell<usize>>,
}

// SAFETY: reports the one handle once, or nothing if it panics.
unsafe impl Trace for Fused {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let left = self.fuse.get().wrapping_sub(1);
        assert!(left != 0, "the fuse burnt down");
        self.fuse.set(left);
        self.next.trace(tracer);
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_trace_loses_no_candidate_wherever_it_happens() {
    let _paused = gc::pause();
    let fuse = Rc::new(Cell::new(0));
    let all = RINGS * RING;
    let bead = || Gc::new(Fused { next: RefCell::default(), fuse: Rc::clone(&fuse) });
    let mut heads = Vec::new();
    for _ in 0..RINGS {
        let first = bead();
        let mut last = first.clone();
        for _ in 1..RING {
            let next = bead();
            *last.next.borrow_mut() = Some(next.clone());
            last = next;
        }
        heads.extend([last.clone(), first.clone()]);
        *last.next.borrow_mut() = Some(first);
    }
    // What a full collection found alive is no candidate any more; the heads will be.
    assert_eq!(gc::collect(), 0);
    drop(heads);
    for traced in [1, 2, RING, all / 3, all / 2 + 1, all - 1, all] {
        fuse.set(traced);
        assert!(catch_unwind(AssertUnwindSafe(gc::collect)).is_err(), "{traced}");
    }
    fuse.set(0);
    assert_eq!(gc::collect(), all);
}

#[test]
fn rings_that_nothing_holds_are_all_garbage() {
    let dropped = Rc::new(Cell::new(0));
    let _paused = gc::pause();
    drop(rings(usize::MAX, &dropped));
    // The first was kept for a moment.
    assert_eq!(gc::collect(), RINGS * RING);
    assert_eq!(dropped.get(), RINGS * RING);
}
