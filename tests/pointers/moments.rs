//! The worst moments: the collector looks at the whole heap while a `&mut` to
//! a value is in use, while a value is being moved in or out, and while an
//! object is half built. Meant to be run under the address sanitizer too.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::{Gc, Trace, Tracer, Weak, gc};

use crate::kinds::{Counted, Drops, Last, Node, Plain, Watched, stir};

#[test]
fn a_collection_does_not_look_through_a_guard() {
    const ROUNDS: usize = if cfg!(miri) { 2 } else { 100 };
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    drop(object.clone());
    let mut guard = Gc::get_mut(&mut object).unwrap();
    for _ in 0..ROUNDS {
        guard.edges.push(Gc::new(Plain::new(&drops)));
        let edges = &mut guard.edges;
        stir();
        edges.push(Gc::new(Plain::new(&drops)));
    }
    drop(guard);
    stir();
    assert_eq!((object.edges.len(), drops.count()), (2 * ROUNDS, 0));
    drop(object);
    assert_eq!(drops.count(), 2 * ROUNDS + 1);
}

#[test]
fn a_heap_walk_passes_by_what_a_guard_writes_to() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    let listed = |id: usize| gc::get_objects(None).iter().any(|object| object.id() == id);
    let id = gc::id(&object);
    assert!(listed(id));
    let guard = Gc::get_mut(&mut object).unwrap();
    assert!(!listed(id));
    drop(guard);
    assert!(listed(id));
    let handle = gc::get_objects(None).into_iter().find(|object| object.id() == id).unwrap();
    assert!(Gc::get_mut(&mut object).is_none(), "the walk made a handle");
    drop(handle);
    assert!(Gc::get_mut(&mut object).is_some());
}

#[test]
fn a_heap_walk_passes_by_what_is_not_built() {
    let drops = Drops::new();
    let before = gc::get_objects(None).len();
    let object = Gc::new_cyclic(|_| {
        assert_eq!(gc::get_objects(None).len(), before);
        Plain::new(&drops)
    });
    assert_eq!(gc::get_objects(None).len(), before + 1);
    drop(object);
}

#[test]
fn what_a_guarded_object_owns_is_held_from_outside() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    let child = Gc::new(Plain::new(&drops));
    let mut guard = Gc::get_mut(&mut object).unwrap();
    guard.edges.push(child.clone());
    drop(child);
    assert_eq!(gc::collect(), 0);
    assert_eq!(drops.count(), 0);
    guard.edges.clear();
    assert_eq!(drops.count(), 1);
}

#[test]
fn objects_that_only_a_guard_can_reach_die_through_it() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    let inner = Gc::new(Plain::new(&drops));
    Gc::get_mut(&mut object).unwrap().edges.push(inner);
    let mut guard = Gc::get_mut(&mut object).unwrap();
    let mut inner = Gc::get_mut(&mut guard.edges[0]).unwrap();
    inner.edges.push(Gc::new(Plain::new(&drops)));
    stir();
    inner.edges.clear();
    assert_eq!(drops.count(), 1);
    drop(inner);
    guard.edges.clear();
    assert_eq!(drops.count(), 2);
}

#[test]
#[expect(clippy::mem_forget, reason = "a guard may be forgotten")]
fn a_guard_that_is_forgotten_hides_the_object_and_nothing_else() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    std::mem::forget(Gc::get_mut(&mut object).unwrap());
    stir();
    let weak = Gc::downgrade(&object);
    assert!(weak.upgrade().is_some());
    drop(weak);
    stir();
    Gc::get_mut(&mut object).unwrap().edges.push(Gc::new(Plain::new(&drops)));
    std::mem::forget(Gc::make_mut(&mut object));
    stir();
    assert_eq!((object.edges.len(), drops.count()), (1, 0));
    drop(object);
    assert_eq!(drops.count(), 2);
}

#[test]
#[expect(clippy::mem_forget, reason = "a guard may be forgotten")]
fn a_value_is_moved_out_of_an_object_with_a_forgotten_guard() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    std::mem::forget(Gc::get_mut(&mut object).unwrap());
    let weak = Gc::downgrade(&object);
    let value = Gc::try_unwrap(object).unwrap();
    stir();
    assert!(weak.upgrade().is_none());
    drop(value);
    assert_eq!(drops.count(), 1);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_while_a_guard_lives_ends_it() {
    let drops = Drops::new();
    let mut object = Gc::new(Plain::new(&drops));
    let write = AssertUnwindSafe(|| {
        let mut guard = Gc::get_mut(&mut object).unwrap();
        guard.edges.push(Gc::new(Plain::new(&drops)));
        panic!("in the middle");
    });
    assert!(catch_unwind(write).is_err());
    assert!(object.edges[0].edges.is_empty());
    let copy = object.clone();
    drop(object);
    gc::collect();
    assert_eq!((copy.edges.len(), drops.count()), (1, 0));
}

/// Collects while it is cloned, and may panic then.
struct Restless {
    edges: Vec<Gc<Plain>>,
    watched: Watched,
    clones_left: Rc<Cell<u32>>,
}

impl Restless {
    fn new(drops: &Drops, clones_left: u32) -> Self {
        let edges = vec![Gc::new(Plain::new(drops))];
        Restless { edges, watched: drops.watch(), clones_left: Rc::new(Cell::new(clones_left)) }
    }
}

impl Clone for Restless {
    fn clone(&self) -> Self {
        stir();
        let left = self.clones_left.get().checked_sub(1).expect("no clone is left");
        self.clones_left.set(left);
        let (edges, watched) = (self.edges.clone(), self.watched.clone());
        stir();
        Restless { edges, watched, clones_left: Rc::clone(&self.clones_left) }
    }
}

// SAFETY: the edges are reported once each.
unsafe impl Trace for Restless {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_collection_during_copy_on_write_finds_the_old_value_and_then_the_new_one() {
    let drops = Drops::new();
    let mut x = Gc::new(Restless::new(&drops, 1));
    let y = x.clone();
    let mut guard = Gc::make_mut(&mut x);
    stir();
    guard.edges.push(Gc::new(Plain::new(&drops)));
    stir();
    drop(guard);
    assert_eq!((x.edges.len(), y.edges.len(), drops.count()), (2, 1, 0));
    assert!(catch_unwind(AssertUnwindSafe(|| Gc::unwrap_or_clone(y.clone()))).is_err());
    assert_eq!(Gc::strong_count(&y), 1);
}

#[test]
fn a_clone_that_drops_the_other_handles_leaves_a_unique_copy() {
    struct Rival(Rc<RefCell<Option<Gc<Rival>>>>, Watched);
    impl Clone for Rival {
        fn clone(&self) -> Self {
            let copy = Rival(Rc::default(), self.1.clone());
            self.0.take();
            stir();
            copy
        }
    }
    // SAFETY: nothing is reported.
    unsafe impl Trace for Rival {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let drops = Drops::new();
    let other = Rc::new(RefCell::new(None));
    let mut x = Gc::new(Rival(Rc::clone(&other), drops.watch()));
    *other.borrow_mut() = Some(x.clone());
    drop(Gc::make_mut(&mut x));
    assert_eq!(drops.count(), 1, "the old value had no other handle left");
    assert_eq!(Gc::strong_count(&x), 1);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_slice_is_cloned_while_collections_run_and_one_clone_panics() {
    let drops = Drops::new();
    let clones_left = Rc::new(Cell::new(2));
    let item = || Restless { clones_left: Rc::clone(&clones_left), ..Restless::new(&drops, 0) };
    let items = [item(), item(), item()];
    let before = (drops.count(), gc::memory().objects);
    let slice = catch_unwind(AssertUnwindSafe(|| Gc::<[Restless]>::from(&items[..])));
    assert!(slice.is_err());
    assert_eq!(drops.count(), before.0 + 2, "the two clones were dropped");
    assert_eq!(gc::memory().objects, before.1);
    clones_left.set(3);
    let slice = Gc::<[Restless]>::from(&items[..]);
    stir();
    assert_eq!(slice.len(), 3);
    drop((slice, items));
    assert_eq!(drops.count(), before.0 + 2 + 3 + 3 + 3);
}

#[test]
fn an_iterator_that_collects_fills_a_slice() {
    const LENGTH: usize = if cfg!(miri) { 3 } else { 20 };
    let drops = Drops::new();
    let slice: Gc<[Gc<Node>]> = (0..LENGTH)
        .map(|_| {
            stir();
            Node::ring(&drops).0
        })
        .collect();
    stir();
    assert_eq!(drops.count(), 0);
    drop(slice);
    assert_eq!(gc::collect(), 2 * LENGTH);
    assert_eq!(drops.count(), 2 * LENGTH);
}

#[test]
fn values_are_moved_in_while_a_collection_is_due() {
    const ROUNDS: usize = if cfg!(miri) { 2 } else { 50 };
    gc::set_threshold(1, 1, 1);
    let drops = Drops::new();
    for _ in 0..ROUNDS {
        let values = vec![Node::ring(&drops).0, Node::ring(&drops).1];
        let slice: Gc<[Gc<Node>]> = Gc::from(values);
        let boxed: Gc<Node> = Gc::from(Box::new((*slice[0]).clone()));
        let array: Gc<[Gc<Node>]> = Gc::from([boxed, slice[1].clone()]);
        assert_eq!(array[0].edges.borrow().len(), 1);
    }
    gc::collect();
    assert_eq!(drops.count(), ROUNDS * 5);
    gc::set_threshold(700, 10, 10);
}

#[test]
fn a_finalizer_may_take_its_neighbour_out_of_the_garbage() {
    let drops = Drops::new();
    let taken: Rc<RefCell<Vec<Node>>> = Rc::default();
    let shelf = Rc::clone(&taken);
    let last = Gc::new(Last::new(move |this: &Last| {
        let neighbour = this.node.take().unwrap();
        let weak = Gc::downgrade(&neighbour);
        stir();
        shelf.borrow_mut().push(Gc::try_unwrap(neighbour).unwrap());
        stir();
        assert!(weak.upgrade().is_none());
    }));
    *last.node.borrow_mut() = Some(Gc::new(Node::new(&drops)));
    *last.edge.borrow_mut() = Some(last.clone());
    drop(last);
    gc::collect();
    stir();
    assert_eq!((taken.borrow().len(), drops.count()), (1, 0));
    taken.borrow_mut().clear();
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_finalizer_may_write_to_its_neighbour() {
    let drops = Drops::new();
    let replacement = drops.clone();
    let last = Gc::new(Last::new(move |this: &Last| {
        let mut slot = this.node.borrow_mut();
        let neighbour = slot.as_mut().unwrap();
        let _weak = Gc::downgrade(neighbour);
        let mut guard = Gc::make_mut(neighbour);
        stir();
        *guard = Node::new(&replacement);
        stir();
    }));
    *last.node.borrow_mut() = Some(Gc::new(Node::new(&drops)));
    *last.edge.borrow_mut() = Some(last.clone());
    drop(last);
    gc::collect();
    stir();
    assert_eq!(drops.count(), 2);
}

#[test]
fn a_finalizer_cannot_take_its_own_object() {
    thread_local!(static THIS: RefCell<Weak<Selfish>> = const { RefCell::new(Weak::new()) });
    struct Selfish(
        RefCell<Option<Gc<Selfish>>>,
        #[expect(dead_code, reason = "shows when it goes")] Watched,
    );
    // SAFETY: the edge is reported once.
    unsafe impl Trace for Selfish {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }
        fn finalizer() -> Option<fn(&Self)> {
            Some(|this| {
                let mut own = THIS.take().upgrade().unwrap();
                assert!(Gc::get_mut(&mut own).is_none());
                own = Gc::try_unwrap(own).err().expect("its value is in use");
                stir();
                assert!(Gc::into_inner(own).is_none());
                assert!(this.0.try_borrow().is_ok());
            })
        }
    }
    for is_cyclic in [false, true] {
        let drops = Drops::new();
        let object = Gc::new(Selfish(RefCell::default(), drops.watch()));
        THIS.set(Gc::downgrade(&object));
        if is_cyclic {
            *object.0.borrow_mut() = Some(object.clone());
        }
        drop(object);
        gc::collect();
        assert_eq!(drops.count(), 1, "cyclic: {is_cyclic}");
    }
}

#[test]
fn callbacks_run_when_a_value_is_moved_out_or_away() {
    let drops = Drops::new();
    let calls = Rc::new(Cell::new(0));
    let call = |calls: &Rc<Cell<u32>>| {
        let calls = Rc::clone(calls);
        move || {
            stir();
            calls.set(calls.get() + 1);
        }
    };
    let mut object = Gc::new(Plain::new(&drops));
    let weak = Gc::downgrade_with(&object, call(&calls));
    assert!(Gc::get_mut(&mut object).is_none());
    Gc::make_mut(&mut object).edges.push(Gc::new(Plain::new(&drops)));
    assert_eq!(calls.get(), 1);
    assert!(weak.upgrade().is_none());

    let weak = Gc::downgrade_with(&object, call(&calls));
    assert_eq!(weak.as_ptr(), Gc::as_ptr(&object));
    let value = Gc::try_unwrap(object).unwrap();
    assert_eq!((calls.get(), drops.count()), (2, 0));
    assert!(weak.upgrade().is_none());
    drop(value);
    assert_eq!(drops.count(), 2);
}

#[test]
fn a_guard_that_outlives_the_finalizer_that_made_it_is_respected() {
    thread_local!(static GUARDED: Cell<Option<&'static mut Gc<Plain>>> = const { Cell::new(None) });
    struct Hides(RefCell<Option<Gc<Plain>>>, RefCell<Option<Gc<Hides>>>);
    // SAFETY: both edges are reported once.
    unsafe impl Trace for Hides {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
            self.1.trace(tracer);
        }
        fn finalizer() -> Option<fn(&Self)> {
            Some(|this| {
                let gc = Box::leak(Box::new(this.0.take().unwrap()));
                GUARDED.set(Some(gc));
            })
        }
    }
    let drops = Drops::new();
    let object =
        Gc::new(Hides(RefCell::new(Some(Gc::new(Plain::new(&drops)))), RefCell::default()));
    *object.1.borrow_mut() = Some(object.clone());
    drop(object);
    gc::collect();
    let kept = GUARDED.take().unwrap();
    let mut guard = Gc::get_mut(kept).unwrap();
    stir();
    guard.edges.push(Gc::new(Plain::new(&drops)));
    stir();
    assert_eq!(drops.count(), 0);
    drop(guard);
    // SAFETY: the handle was leaked by the finalizer, and is used nowhere else.
    drop(unsafe { Box::from_raw(kept) });
    assert_eq!(drops.count(), 2);
}

#[test]
#[expect(clippy::mem_forget, reason = "a guard may be forgotten")]
fn a_cell_is_finalized_as_what_is_in_it_unless_it_is_borrowed() {
    let finalized = Rc::new(Cell::new(0));
    let last = || RefCell::new(Counted(Rc::clone(&finalized)));
    drop(Gc::new(last()));
    assert_eq!(finalized.get(), 1);
    let borrowed = Gc::new(last());
    std::mem::forget(borrowed.borrow_mut());
    drop(borrowed);
    assert_eq!(finalized.get(), 1, "nobody may look at it");
}
