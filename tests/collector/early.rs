//! Garbage that leaves a full collection before all of it is found: nobody can tell.

use std::cell::{Cell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::gc::Phase;
use gcycle::{Finalize, Gc, Trace, Tracer, Untraced, Weak, gc};

/// Many in a release build, where parts are large; few under Miri.
const RINGS: usize = if cfg!(miri) {
    8
} else if cfg!(debug_assertions) || cfg!(gc_zeal) {
    40
} else {
    4000
};
const RING: usize = if cfg!(miri) { 8 } else { 20 };

/// An object whose drop runs nobody's code.
#[derive(Trace, Default)]
struct Quiet {
    next: RefCell<Option<Gc<Quiet>>>,
    other: RefCell<Option<Gc<Quiet>>>,
    text: Option<Gc<str>>,
    leaf: Option<Gc<Leaf>>,
    hidden: RefCell<Hidden>,
}

#[derive(Trace, Default)]
struct Hidden {
    handle: Option<Gc<Quiet>>,
    weak: Option<Weak<Quiet>>,
}

/// An untracked object with a drop.
#[derive(Trace)]
struct Leaf {
    #[trace(skip)]
    _on_drop: OnDrop,
}

struct OnDrop(Box<dyn Fn()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Makes a ring of the objects, and returns the first. All of them are candidates until
/// a full collection found them alive.
fn ring(objects: impl IntoIterator<Item = Quiet>) -> Gc<Quiet> {
    let mut objects = objects.into_iter().map(Gc::new);
    let first = objects.next().expect("there is one");
    let mut last = first.clone();
    for object in objects {
        *last.next.borrow_mut() = Some(object.clone());
        last = object;
    }
    *last.next.borrow_mut() = Some(first.clone());
    first
}

fn plain() -> impl Iterator<Item = Quiet> {
    (0..RING).map(|_| Quiet::default())
}

/// Drops the last handle first, so that the first object is looked at first: a page is
/// when its first candidate was added last.
fn drop_in_turn<T>(mut handles: Vec<T>) {
    while handles.pop().is_some() {}
}

/// What the last collection examined and reclaimed.
fn collect() -> (usize, usize, usize) {
    let info = Rc::new(Cell::new((0, 0, 0)));
    let id = {
        let info = Rc::clone(&info);
        gc::add_callback(move |phase, told| {
            if phase == Phase::Stop {
                info.set((told.candidates, told.traced, told.collected));
            }
        })
    };
    let collected = gc::collect();
    gc::remove_callback(id);
    assert_eq!(collected, info.get().2);
    info.get()
}

#[test]
fn all_garbage_is_counted_and_what_it_shared_with_the_living_is_not_touched() {
    let _paused = gc::pause();
    let alive = ring(plain());
    let text: Gc<str> = Gc::from("shared");
    let rings: Vec<_> = (0..RINGS)
        .map(|_| {
            let ring =
                ring((0..RING).map(|_| Quiet { text: Some(text.clone()), ..Quiet::default() }));
            *ring.other.borrow_mut() = Some(alive.clone());
            ring
        })
        .collect();
    gc::collect();
    assert_eq!(Gc::strong_count(&text), 1 + RINGS * RING);
    // Some of the rings live on, wherever they lie.
    let kept: Vec<_> = rings.iter().step_by(RINGS / 4).cloned().collect();
    drop(rings);
    drop(alive.clone());
    let dead = RINGS - kept.len();
    let (candidates, traced, collected) = collect();
    assert_eq!(candidates, RINGS + 1);
    assert_eq!(traced, (RINGS + 1) * RING);
    assert_eq!(collected, dead * RING);
    assert_eq!(Gc::strong_count(&text), 1 + kept.len() * RING);
    assert_eq!(Gc::strong_count(&alive), 2 + kept.len());
    drop(kept);
    assert_eq!(gc::collect(), (RINGS - dead) * RING);
    assert_eq!(Gc::strong_count(&alive), 2);
    assert_eq!(Gc::strong_count(&text), 1);
}

#[test]
fn garbage_that_other_garbage_alone_refers_to_is_found_with_it() {
    let _paused = gc::pause();
    let tails: Vec<_> = (0..RINGS).map(|_| Gc::new(Quiet::default())).collect();
    let rings: Vec<_> = (0..RINGS).map(|_| ring(plain())).collect();
    gc::collect();
    // Most are held by the next one, which is looked at later.
    for pair in rings.windows(2).skip(RINGS / 4) {
        *pair[1].other.borrow_mut() = Some(pair[0].clone());
    }
    // And some objects are no rings, and are looked at first of all: the last handle ends
    // with another one's value.
    for (tail, ring) in tails.iter().zip(&rings) {
        let next = ring.next.borrow().clone().expect("rings are closed");
        *next.other.borrow_mut() = Some(tail.clone());
    }
    drop_in_turn(rings);
    drop_in_turn(tails);
    assert_eq!(gc::collect(), RINGS * (RING + 1));
    assert_eq!(gc::memory().objects, 0);
}

#[test]
fn what_garbage_held_last_dies_when_the_collection_is_over() {
    let _paused = gc::pause();
    let (died, is_done) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    // What lives is a list, which a drop takes to pieces and makes longer.
    let list = Rc::new(RefCell::new((0..RINGS).map(|_| ring(plain())).collect::<Vec<_>>()));
    let rings: Vec<_> = (0..RINGS)
        .map(|number| {
            let on_drop = {
                let (died, is_done) = (Rc::clone(&died), Rc::clone(&is_done));
                let list = Rc::clone(&list);
                OnDrop(Box::new(move || {
                    died.set(died.get() + 1);
                    // In the middle of a snapshot this would panic.
                    let new = ring(plain());
                    let old = list.borrow_mut().pop();
                    if number % 2 == 0 {
                        *new.other.borrow_mut() = old;
                        list.borrow_mut().push(new);
                    }
                    assert_eq!(gc::collect(), 0, "a collection is running");
                    is_done.set(is_done.get() + 1);
                }))
            };
            let first =
                Quiet { leaf: Some(Gc::new(Leaf { _on_drop: on_drop })), ..Quiet::default() };
            ring([first].into_iter().chain(plain()))
        })
        .collect();
    gc::collect();
    drop_in_turn(rings);
    list.borrow().iter().rev().for_each(|ring| drop(ring.clone()));
    assert_eq!(gc::collect(), RINGS * (RING + 1));
    assert_eq!((died.get(), is_done.get()), (RINGS, RINGS), "none panicked");
    let alive = gc::get_objects(None).len();
    let garbage = gc::collect();
    assert_eq!(gc::get_objects(None).len(), alive - garbage);
    list.take();
    gc::collect();
    assert_eq!(gc::memory().objects, 0);
}

#[test]
fn permanent_objects_that_garbage_held_last_die() {
    let _paused = gc::pause();
    let permanent = ring(plain());
    let alone: Vec<_> = (0..RINGS).map(|_| Gc::new(Quiet::default())).collect();
    gc::freeze();
    let weak: Vec<_> = alone.iter().map(Gc::downgrade).collect();
    let rings: Vec<_> = alone
        .into_iter()
        .map(|alone| {
            let ring = ring(plain());
            *ring.other.borrow_mut() = Some(alone);
            ring
        })
        .collect();
    drop(rings);
    assert_eq!(gc::collect(), RINGS * RING);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
    assert_eq!(gc::get_freeze_count(), RING);
    gc::unfreeze();
    drop(permanent);
    assert_eq!(gc::collect(), RING);
}

/// Lets a cell of `owner` be borrowed for ever, so that no `trace` looks into it.
fn hide(owner: &Quiet, handle: Option<Gc<Quiet>>, weak: Option<Weak<Quiet>>) {
    let mut hidden = owner.hidden.borrow_mut();
    *hidden = Hidden { handle, weak };
    let _for_ever = ManuallyDrop::new(hidden);
}

#[test]
fn objects_whose_last_handle_no_trace_saw_die_after_the_collection() {
    for hidden_first in [true, false] {
        let _paused = gc::pause();
        let make = || -> Vec<_> { (0..RINGS).map(|_| ring(plain())).collect() };
        let (one, other) = (make(), make());
        gc::collect();
        let (owners, hidden) = if hidden_first { (other, one) } else { (one, other) };
        let weak: Vec<_> = hidden.iter().map(Gc::downgrade).collect();
        for (owner, hidden) in owners.iter().zip(hidden) {
            // A candidate with one handle, which its trace does not report.
            hidden.next.take();
            hide(owner, Some(hidden.clone()), None);
        }
        drop(owners);
        assert!(weak.iter().all(|weak| weak.upgrade().is_some()));
        assert_eq!(gc::collect(), RINGS * RING, "the owners");
        assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
        drop(weak);
        assert_eq!(gc::memory().objects, 0);
    }
}

#[test]
fn callbacks_that_no_trace_saw_are_dropped_after_the_collection_and_not_called() {
    let _paused = gc::pause();
    let alive = ring(plain());
    let rings: Vec<_> = (0..RINGS).map(|_| ring(plain())).collect();
    let dropped = Rc::new(Cell::new(0));
    let on_drop = || {
        let dropped = Rc::clone(&dropped);
        OnDrop(Box::new(move || dropped.set(dropped.get() + 1)))
    };
    gc::collect();
    for ring in &rings {
        let on_drop = on_drop();
        let callback = move || unreachable!("it lives, but for {}", mem::size_of_val(&on_drop));
        hide(ring, None, Some(Gc::downgrade_with(&alive, callback)));
    }
    drop(rings);
    assert_eq!(gc::collect(), RINGS * RING);
    assert_eq!(Gc::weak_count(&alive), 0);
    assert_eq!(dropped.get(), RINGS);
}

/// Stores what a weak handle leads to.
#[derive(Trace)]
#[trace(finalize)]
struct Saviour {
    own: RefCell<Option<Gc<Saviour>>>,
    weak: Weak<Quiet>,
    saved: Untraced<Rc<RefCell<Vec<Gc<Quiet>>>>>,
}

impl Finalize for Saviour {
    fn finalize(&self) {
        self.saved.borrow_mut().extend(self.weak.upgrade());
    }
}

#[test]
fn finalizers_find_garbage_as_it_was() {
    let _paused = gc::pause();
    let saved = Rc::new(RefCell::new(Vec::new()));
    let shared = ring(plain());
    let rings: Vec<_> = (0..RINGS)
        .map(|number| {
            let ring = ring(plain());
            if number < RINGS / 2 {
                *ring.other.borrow_mut() = Some(shared.clone());
            }
            let saviour = (number % 2 == 0).then(|| {
                let saviour = Gc::new(Saviour {
                    own: RefCell::default(),
                    weak: Gc::downgrade(&ring),
                    saved: Untraced(Rc::clone(&saved)),
                });
                *saviour.own.borrow_mut() = Some(saviour.clone());
                saviour
            });
            (ring, saviour)
        })
        .collect();
    gc::collect();
    drop((rings, shared));
    // The others, and the saviours. What all refer to was saved with the first.
    assert_eq!(gc::collect(), RINGS / 2 * RING + RINGS / 2);
    let saved = saved.take();
    assert_eq!(saved.len(), RINGS / 2);
    for ring in &saved {
        let mut length = 1;
        let mut object = ring.next.borrow().clone().expect("rings are closed");
        while !Gc::ptr_eq(&object, ring) {
            length += 1;
            let next = object.next.borrow().clone().expect("rings are closed");
            object = next;
        }
        assert_eq!(length, RING);
    }
    drop(saved);
    assert_eq!(gc::collect(), RINGS / 2 * RING + RING);
}

/// Panics when it is traced and the fuse has burnt down. As large as the others, to lie
/// between them.
struct Fused {
    own: RefCell<Option<Gc<Fused>>>,
    fuse: Rc<Cell<usize>>,
    _room: [u8; size_of::<Quiet>() - size_of::<(RefCell<Option<Gc<Quiet>>>, Rc<Cell<usize>>)>()],
}

const _: () = assert!(size_of::<Fused>() == size_of::<Quiet>());

// SAFETY: reports the one handle once, or nothing if it panics.
unsafe impl Trace for Fused {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let left = self.fuse.get().wrapping_sub(1);
        self.fuse.set(left);
        assert!(left != 0, "the fuse burnt down");
        self.own.trace(tracer);
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn garbage_that_left_before_a_panic_is_gone_and_the_rest_is_found_next() {
    let _paused = gc::pause();
    let fuse = Rc::new(Cell::new(0));
    let text: Gc<str> = Gc::from("counts the objects");
    let object = || Gc::new(Quiet { text: Some(text.clone()), ..Quiet::default() });
    let fused = || {
        let fuse = Rc::clone(&fuse);
        let fused = Gc::new(Fused { own: RefCell::default(), fuse, _room: [0; _] });
        *fused.own.borrow_mut() = Some(fused.clone());
        fused
    };
    // One object of each ring, then the next of each. What lives, and what panics, lie
    // among the first ones.
    let mut alive = Vec::new();
    let mut all_fused = Vec::new();
    let mut rows = vec![Vec::new()];
    for number in 0..RINGS {
        if number % (RINGS / 4) == 0 {
            alive.push(object());
        }
        rows[0].push(object());
        if number >= RINGS / 2 {
            all_fused.push(fused());
        }
    }
    rows.extend((1..RING).map(|_| (0..RINGS).map(|_| object()).collect()));
    for (object, next) in alive.iter().zip(alive.iter().cycle().skip(1)) {
        *object.next.borrow_mut() = Some(next.clone());
    }
    for (row, next) in rows.iter().zip(rows.iter().cycle().skip(1)) {
        for (object, next) in row.iter().zip(next) {
            *object.next.borrow_mut() = Some(next.clone());
        }
    }
    for (number, first) in rows[0].iter().enumerate() {
        *first.other.borrow_mut() = Some(alive[number % alive.len()].clone());
    }

    // Candidates are the first and the last object of each ring. The last one is reached
    // from the first, and may be gone before it has its turn. What lives is reached before
    // its turn, too, and then loses handles.
    rows.drain(1..RING - 1);
    gc::collect();
    rows.into_iter().rev().for_each(drop_in_turn);
    drop_in_turn(all_fused);
    drop_in_turn(alive.clone());
    let count = |text: &Gc<str>| Gc::strong_count(text) - 1;
    for traced in [1, RINGS / 8, RINGS / 4, RINGS / 2] {
        fuse.set(traced);
        assert!(catch_unwind(AssertUnwindSafe(gc::collect)).is_err());
        assert_eq!(gc::get_objects(None).len(), count(&text) + RINGS / 2);
    }
    let left = count(&text);
    assert!(left < RINGS * RING, "some left early");
    assert_eq!(gc::collect(), left + RINGS / 2 - alive.len());
    assert_eq!(count(&text), alive.len());
    assert_eq!(gc::collect(), 0);
    let lives = alive.len();
    drop(alive);
    assert_eq!(gc::collect(), lives);
}
