//! Snapshots in the midst of things: borrowed cells, objects in exclusive use,
//! half built or dying ones, frozen heaps, finalizers and callbacks.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;

use gcycle::gc::{self, DebugFlags, Phase};
use gcycle::inspect::{HeapSnapshot, ObjectId, Place};
use gcycle::{Finalize, Gc, GcMut, Trace, Tracer, Untraced, Weak};

use crate::heaps::{Ring, list, on_empty_heap, ring, vertex};

#[test]
fn what_a_mutably_borrowed_cell_holds_counts_as_held_from_outside() {
    on_empty_heap(|| {
        let owner = vertex();
        let inner = vertex();
        let id = ObjectId::from(&inner);
        owner.edges.borrow_mut().push(inner);
        let borrowed = owner.edges.borrow_mut();
        let during = HeapSnapshot::capture();
        drop(borrowed);
        let after = HeapSnapshot::capture();
        let object = during.get(id).unwrap();
        assert!(object.is_root());
        assert_eq!(during.edge_count(), 0);
        let object = after.get(id).unwrap();
        assert!(!object.is_root());
        assert_eq!(after.edge_count(), 1);
    });
}

#[test]
fn what_a_locked_mutex_holds_counts_as_held_from_outside() {
    on_empty_heap(|| {
        let owner = Gc::new(Mutex::new(Gc::new(1_u8)));
        let locked = owner.lock().unwrap();
        let during = HeapSnapshot::capture();
        assert!(during.get(&*locked).unwrap().is_root());
        drop(locked);
        let after = HeapSnapshot::capture();
        assert!(!after.get(&*owner.lock().unwrap()).unwrap().is_root());
    });
}

#[test]
fn an_object_in_exclusive_use_is_shown_without_its_edges() {
    on_empty_heap(|| {
        let mut owner = Gc::new(vec![Gc::new(1_u8)]);
        let during = {
            let mut items = Gc::get_mut(&mut owner).unwrap();
            items.push(Gc::new(2));
            HeapSnapshot::capture()
        };
        let object = during.get(&owner).unwrap();
        assert!(object.is_exclusive());
        assert_eq!(object.referents().len(), 0);
        assert_eq!(during.roots().count(), 3);
        let after = HeapSnapshot::capture();
        let object = after.get(&owner).unwrap();
        assert!(!object.is_exclusive());
        assert_eq!(object.referents().len(), 2);
        assert_eq!(after.roots().count(), 1);
    });
}

#[test]
fn an_object_whose_value_is_lent_is_shown_without_its_edges() {
    on_empty_heap(|| {
        let mut owner = Gc::new(vec![Gc::new(1_u8)]);
        let items = GcMut::into_mut(Gc::get_mut(&mut owner).unwrap());
        items.push(Gc::new(2));
        let during = HeapSnapshot::capture();
        items.push(Gc::new(3));
        let object = during.get(&owner).unwrap();
        assert!(object.is_exclusive());
        assert_eq!(object.referents().len(), 0);
        drop(Gc::get_mut(&mut owner));
        let after = HeapSnapshot::capture();
        let object = after.get(&owner).unwrap();
        assert!(!object.is_exclusive());
        assert_eq!(object.referents().len(), 3);
    });
}

#[test]
fn an_object_that_is_being_built_is_not_shown() {
    #[derive(Trace)]
    struct Itself {
        own: Weak<Itself>,
        part: Gc<u8>,
    }
    on_empty_heap(|| {
        let part = Gc::new(1_u8);
        let mut during = None;
        let built = Gc::new_cyclic(|own| {
            during = Some(HeapSnapshot::capture());
            Itself { own: own.clone(), part: part.clone() }
        });
        let during = during.unwrap();
        assert_eq!(during.len(), 1);
        assert_eq!(during.get(&part).unwrap().external_count(), 1);
        let after = HeapSnapshot::capture();
        assert_eq!(after.len(), 2);
        assert!(after.get(&built).is_some());
        assert!(built.own.upgrade().is_some());
        drop(built.part.clone());
    });
}

#[test]
fn an_object_that_is_being_dropped_is_not_shown() {
    /// Takes a snapshot when it is dropped.
    struct Camera(Rc<RefCell<Option<HeapSnapshot>>>);
    impl Drop for Camera {
        fn drop(&mut self) {
            *self.0.borrow_mut() = Some(HeapSnapshot::capture());
        }
    }
    #[derive(Trace)]
    struct Owner {
        camera: Untraced<Camera>,
        part: Gc<u8>,
    }
    on_empty_heap(|| {
        let taken = Rc::new(RefCell::new(None));
        let part = Gc::new(1_u8);
        let owner =
            Gc::new(Owner { camera: Untraced(Camera(Rc::clone(&taken))), part: part.clone() });
        drop((owner.camera.0.0.clone(), owner.part.clone()));
        drop(owner);
        let during = taken.take().unwrap();
        assert_eq!(during.len(), 1);
        assert_eq!(during.get(&part).unwrap().external_count(), 2, "the dying one still holds it");
    });
}

#[test]
fn frozen_objects_are_shown_as_permanent() {
    on_empty_heap(|| {
        let held = list(3);
        gc::freeze();
        let frozen = HeapSnapshot::capture();
        assert!(frozen.objects().all(|object| object.place() == Place::Permanent));
        assert!(
            frozen.objects().all(|object| object.generation().is_none() && object.is_tracked())
        );
        assert_eq!(frozen.retained_size(&held), frozen.bytes());
        gc::unfreeze();
        let after = HeapSnapshot::capture();
        assert!(after.objects().all(|object| object.place() == Place::Old));
    });
}

#[test]
fn shared_integers_are_immortal_or_held() {
    on_empty_heap(|| {
        let five = gcycle::intern::int(5);
        let text = gcycle::intern::intern("text");
        let snapshot = HeapSnapshot::capture();
        assert!(snapshot.get(&five).unwrap().is_root());
        assert!(snapshot.get(&text).unwrap().is_root());
    });
}

thread_local! {
    /// What finalizers saw.
    static SEEN: RefCell<Vec<(usize, usize)>> = const { RefCell::new(Vec::new()) };
}

/// Takes a snapshot when it is finalized.
#[derive(Trace)]
#[trace(finalize)]
struct Witness {
    next: RefCell<Option<Gc<Witness>>>,
    part: Gc<u8>,
}

impl Finalize for Witness {
    fn finalize(&self) {
        let snapshot = HeapSnapshot::capture();
        assert!(snapshot.cycles().len() + snapshot.dominators().top().len() <= 2 * snapshot.len());
        let part = snapshot.get(&self.part).map_or(0, gcycle::inspect::ObjectInfo::external_count);
        SEEN.with_borrow_mut(|seen| seen.push((snapshot.len(), part)));
    }
}

#[test]
fn a_finalizer_in_a_collection_sees_what_is_not_garbage() {
    on_empty_heap(|| {
        let part = Gc::new(1_u8);
        let _other = list(3);
        let one = Gc::new(Witness { next: RefCell::default(), part: part.clone() });
        let other = Gc::new(Witness { next: RefCell::new(Some(one.clone())), part: part.clone() });
        *one.next.borrow_mut() = Some(other.clone());
        drop((one, other));
        assert_eq!(gc::collect(), 2);
        // The list and the part, which garbage still holds twice.
        assert_eq!(SEEN.take(), [(4, 3), (4, 3)]);
        let after = HeapSnapshot::capture();
        assert_eq!(after.get(&part).unwrap().external_count(), 1);
    });
}

#[test]
fn a_finalizer_at_the_last_handle_sees_its_object() {
    on_empty_heap(|| {
        let part = Gc::new(1_u8);
        drop(Gc::new(Witness { next: RefCell::default(), part: part.clone() }));
        assert_eq!(SEEN.take(), [(2, 1)], "it may be resurrected still");
        assert_eq!(HeapSnapshot::capture().len(), 1);
    });
}

#[test]
fn edges_to_what_a_running_collection_has_found_are_left_out() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Phoenix {
        nest: Gc<RefCell<Vec<Gc<Phoenix>>>>,
        own: RefCell<Option<Gc<Phoenix>>>,
        part: Gc<u8>,
    }
    impl Finalize for Phoenix {
        fn finalize(&self) {
            self.nest.borrow_mut().extend(self.own.borrow().clone());
            let snapshot = HeapSnapshot::capture();
            assert_eq!(snapshot.find("Phoenix>>>").count(), 1, "the nest");
            assert_eq!(snapshot.referents(&self.nest).count(), 0);
            // The garbage holds the part, too.
            assert_eq!(snapshot.get(&self.part).unwrap().external_count(), 2);
            SEEN.with_borrow_mut(|seen| seen.push((snapshot.len(), snapshot.edge_count())));
        }
    }
    on_empty_heap(|| {
        let nest = Gc::new(RefCell::default());
        let part = Gc::new(1_u8);
        let _list = list(3);
        let phoenix =
            Gc::new(Phoenix { nest: nest.clone(), own: RefCell::default(), part: part.clone() });
        *phoenix.own.borrow_mut() = Some(phoenix.clone());
        drop(phoenix);
        gc::collect();
        assert_eq!(SEEN.take(), [(5, 2)], "nest, part and list, and the edges of the list");
        let saved = HeapSnapshot::capture();
        assert_eq!(saved.referents(&nest).count(), 1, "it is there again");
        let phoenix = nest.take();
        phoenix[0].own.take();
    });
}

#[test]
fn a_resurrected_object_says_so() {
    thread_local! {
        static SAVED: RefCell<Option<Gc<Phoenix>>> = const { RefCell::new(None) };
    }
    #[derive(Trace)]
    #[trace(finalize)]
    struct Phoenix {
        own: RefCell<Option<Gc<Phoenix>>>,
    }
    impl Finalize for Phoenix {
        fn finalize(&self) {
            SAVED.set(self.own.borrow().clone());
        }
    }
    on_empty_heap(|| {
        let phoenix = Gc::new(Phoenix { own: RefCell::default() });
        *phoenix.own.borrow_mut() = Some(phoenix.clone());
        assert!(!HeapSnapshot::capture().get(&phoenix).unwrap().is_finalized());
        drop(phoenix);
        gc::collect();
        let saved = SAVED.take().unwrap();
        assert!(HeapSnapshot::capture().get(&saved).unwrap().is_finalized());
        saved.own.take();
    });
}

#[test]
fn callbacks_of_a_collection_see_the_heap_before_and_after() {
    on_empty_heap(|| {
        // No other collection is to be running.
        gc::disable();
        let held = ring(4);
        drop(ring(3));
        let sizes = Rc::new(RefCell::new(Vec::new()));
        let id = gc::add_callback({
            let sizes = Rc::clone(&sizes);
            move |phase, _| {
                let snapshot = HeapSnapshot::capture();
                sizes.borrow_mut().push((phase, snapshot.len(), snapshot.cycles().len()));
            }
        });
        gc::collect();
        gc::remove_callback(id);
        assert_eq!(*sizes.borrow(), [(Phase::Start, 7, 2), (Phase::Stop, 4, 1)]);
        drop(held);
    });
}

#[test]
fn a_weak_callback_sees_the_heap_without_the_garbage() {
    on_empty_heap(|| {
        let taken = Rc::new(Cell::new(usize::MAX));
        let garbage = ring(3);
        let _weak = Gc::downgrade_with(&garbage, {
            let taken = Rc::clone(&taken);
            move || taken.set(HeapSnapshot::capture().len())
        });
        drop(garbage);
        gc::collect();
        assert_eq!(taken.get(), 0);
    });
}

#[test]
fn saved_garbage_is_held_by_the_list_of_garbage() {
    on_empty_heap(|| {
        gc::set_debug(DebugFlags::SAVEALL);
        drop(ring(3));
        assert_eq!(gc::collect(), 3);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.roots().count(), 3);
        assert_eq!(snapshot.cycles()[0].members().len(), 3);
        gc::set_debug(DebugFlags::empty());
        drop(gc::take_garbage());
        gc::collect();
    });
}

#[test]
fn a_trace_that_panics_leaves_the_heap_as_it_was() {
    struct Bomb(Rc<Cell<bool>>);
    // SAFETY: nothing is reported.
    unsafe impl Trace for Bomb {
        fn trace(&self, _: &mut Tracer<'_>) {
            assert!(!self.0.get(), "boom");
        }
    }
    on_empty_heap(|| {
        let is_armed = Rc::new(Cell::new(true));
        let _bomb = Gc::new(Bomb(Rc::clone(&is_armed)));
        let held = ring(3);
        assert!(catch_unwind(AssertUnwindSafe(HeapSnapshot::capture)).is_err());
        is_armed.set(false);
        assert_eq!(HeapSnapshot::capture().len(), 4);
        drop(held);
        assert_eq!(gc::collect(), 3);
    });
}

#[test]
fn a_wrong_trace_that_reports_too_much_gives_no_root() {
    struct Twice(Gc<u8>);
    // SAFETY: broken on purpose; the type is acyclic, so that no collection
    // believes it.
    unsafe impl Trace for Twice {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
            self.0.trace(tracer);
        }
        fn tracked() -> bool {
            false
        }
    }
    on_empty_heap(|| {
        let twice = Gc::new(Twice(Gc::new(1)));
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.get(&twice.0).unwrap().external_count(), 0);
        assert_eq!(snapshot.referrers(&twice.0).count(), 2);
    });
}

#[test]
fn weak_handles_are_no_referrers_and_tombstones_no_objects() {
    on_empty_heap(|| {
        let strong = Gc::new(Ring { next: RefCell::default() });
        let weak = Gc::downgrade(&strong);
        assert_eq!(HeapSnapshot::capture().get(&strong).unwrap().ref_count(), 1);
        drop(strong);
        assert!(HeapSnapshot::capture().is_empty());
        assert!(weak.upgrade().is_none());
    });
}

#[test]
fn a_snapshot_in_a_thread_local_drop_after_the_heap_was_closed_is_fine() {
    struct Late(RefCell<Option<Gc<Ring>>>);
    impl Drop for Late {
        fn drop(&mut self) {
            let snapshot = HeapSnapshot::capture();
            assert_eq!(snapshot.len(), 1);
            assert_eq!(snapshot.cycles().len(), 0);
        }
    }
    thread_local! {
        static LATE: Late = const { Late(RefCell::new(None)) };
    }
    on_empty_heap(|| {
        LATE.with(|late| *late.0.borrow_mut() = Some(ring(1)));
    });
}
