//! Finalizers of values inside of an object, which panic, resurrect, and change the places
//! where they and others lie.

use std::cell::{Cell, RefCell};
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::{Mutex, RwLock};

use gcycle::{Finalize, Gc, Trace, Weak, gc};

use crate::objects::{assert_sound_and_empty, panic_of};

type Hook = Box<dyn FnOnce()>;
type OuterHook = Box<dyn FnOnce(&Outer)>;

/// Counts when it is finalized and when it is dropped, and runs code when it is finalized.
#[derive(Trace)]
#[trace(finalize)]
struct Inner {
    #[trace(skip)]
    tally: Rc<Tally>,
    #[trace(skip)]
    hook: Cell<Option<Hook>>,
}

#[derive(Default)]
struct Tally {
    finalized: Cell<usize>,
    dropped: Cell<usize>,
}

impl Tally {
    #[track_caller]
    fn assert(&self, finalized: usize, dropped: usize) {
        assert_eq!((self.finalized.get(), self.dropped.get()), (finalized, dropped));
    }
}

/// Counts its drops.
#[derive(Trace)]
struct Counted {
    inner: Inner,
    #[trace(skip)]
    _on_drop: OnDrop,
}

struct OnDrop(Rc<Tally>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.set(self.0.dropped.get() + 1);
    }
}

impl Finalize for Inner {
    fn finalize(&self) {
        self.tally.finalized.set(self.tally.finalized.get() + 1);
        if let Some(hook) = self.hook.take() {
            hook();
        }
    }
}

fn counted(tally: &Rc<Tally>) -> Counted {
    let inner = Inner { tally: tally.clone(), hook: Cell::new(None) };
    Counted { inner, _on_drop: OnDrop(tally.clone()) }
}

impl Counted {
    fn on_finalize(self, hook: impl FnOnce() + 'static) -> Counted {
        self.inner.hook.set(Some(Box::new(hook)));
        self
    }
}

/// An object with a finalizer of its own, which may hold itself.
#[derive(Trace)]
#[trace(finalize)]
struct Outer {
    own: RefCell<Option<Gc<Outer>>>,
    #[trace(skip)]
    hook: Cell<Option<OuterHook>>,
    many: RefCell<Vec<Counted>>,
    slot: RefCell<Option<Box<Counted>>>,
    locked: Mutex<Vec<Counted>>,
    read: RwLock<Option<Counted>>,
}

impl Finalize for Outer {
    fn finalize(&self) {
        if let Some(hook) = self.hook.take() {
            hook(self);
        }
    }
}

fn outer() -> Gc<Outer> {
    Gc::new(Outer {
        own: RefCell::default(),
        hook: Cell::new(None),
        many: RefCell::default(),
        slot: RefCell::default(),
        locked: Mutex::default(),
        read: RwLock::default(),
    })
}

/// Lets an object die that `make` makes: by its count, and in a cycle.
fn both_ways(make: impl Fn(&Rc<Tally>) -> Gc<Outer>, check: impl Fn(&Tally, Option<String>)) {
    for in_cycle in [false, true] {
        let tally: Rc<Tally> = Rc::default();
        let object = make(&tally);
        if in_cycle {
            object.own.replace(Some(object.clone()));
        }
        let panic = panic_of(|| {
            drop(object);
            gc::collect();
        });
        check(&tally, panic);
        drop(tally);
        assert_sound_and_empty();
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_inside_that_panics_keeps_no_other_from_running() {
    both_ways(
        |tally| {
            let object = outer();
            object.hook.set(Some(Box::new(|_| panic!("outer"))));
            let panics = |text| counted(tally).on_finalize(move || panic_any(text));
            object.many.borrow_mut().extend([panics("one"), counted(tally), panics("two")]);
            object.slot.replace(Some(Box::new(panics("three"))));
            object.locked.lock().unwrap().push(panics("four"));
            *object.read.write().unwrap() = Some(counted(tally));
            object
        },
        |tally, panic| {
            assert_eq!(panic.as_deref(), Some("outer"), "the first one goes on");
            tally.assert(6, 6);
        },
    );
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_inside_poisons_no_lock() {
    let tally: Rc<Tally> = Rc::default();
    let saved: Rc<RefCell<Option<Gc<Outer>>>> = Rc::default();
    let object = outer();
    let (weak, place) = (Gc::downgrade(&object), saved.clone());
    let saves = counted(&tally).on_finalize(move || {
        place.replace(weak.upgrade());
        panic!("after it saved the object");
    });
    object.locked.lock().unwrap().push(saves);
    assert!(panic_of(move || drop(object)).is_some());
    let object = saved.take().expect("it was saved");
    assert!(!object.locked.is_poisoned());
    assert_eq!(object.locked.lock().map(|values| values.len()).ok(), Some(1));
    drop(object);
    tally.assert(1, 1);
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn finalizers_inside_may_panic_while_another_panic_unwinds() {
    let tally: Rc<Tally> = Rc::default();
    let object = outer();
    for _ in 0..3 {
        object.many.borrow_mut().push(counted(&tally).on_finalize(|| panic!("the second")));
    }
    let said = panic_of(move || {
        let _object = object;
        panic!("the first");
    });
    assert_eq!(said.as_deref(), Some("the first"));
    tally.assert(3, 3);
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_that_empties_the_containers_of_the_next_ones_keeps_them_from_running() {
    both_ways(
        |tally| {
            let object = outer();
            object.many.borrow_mut().extend([counted(tally), counted(tally)]);
            object.slot.replace(Some(Box::new(counted(tally))));
            let replaced = counted(tally);
            object.hook.set(Some(Box::new(move |outer| {
                outer.many.borrow_mut().clear();
                outer.slot.replace(Some(Box::new(replaced)));
            })));
            object
        },
        |tally, panic| {
            assert_eq!(panic, None);
            tally.assert(1, 4);
        },
    );
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_inside_cannot_change_the_cell_that_it_lies_in() {
    both_ways(
        |tally| {
            let object = outer();
            let weak = Gc::downgrade(&object);
            let (of_many, of_slot, of_lock) = (weak.clone(), weak.clone(), weak);
            let with = move |weak: &Weak<Outer>, run: fn(&Outer)| {
                run(&weak.upgrade().expect("it is held"));
            };
            let clears = counted(tally).on_finalize(move || {
                with(&of_many, |object| {
                    assert!(object.many.try_borrow_mut().is_err(), "it is being looked at");
                    assert_eq!(object.many.borrow().len(), 2, "others may look, too");
                    object.slot.take();
                });
            });
            let takes = counted(tally).on_finalize(move || {
                with(&of_slot, |object| object.many.borrow_mut().clear());
            });
            let locks = counted(tally).on_finalize(move || {
                with(&of_lock, |object| {
                    assert!(object.locked.try_lock().is_err());
                    object.read.try_write().expect("nobody reads").take();
                });
            });
            object.many.borrow_mut().extend([clears, counted(tally)]);
            object.slot.replace(Some(Box::new(takes)));
            object.locked.lock().unwrap().push(locks);
            *object.read.write().unwrap() = Some(counted(tally));
            object
        },
        |tally, panic| {
            assert_eq!(panic, None);
            tally.assert(3, 5);
        },
    );
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_inside_that_borrows_its_own_cell_mutably_panics_as_any_code_would() {
    both_ways(
        |tally| {
            let object = outer();
            let weak = Gc::downgrade(&object);
            let clears = counted(tally).on_finalize(move || {
                weak.upgrade().expect("it is held").many.borrow_mut().clear();
            });
            object.many.borrow_mut().extend([clears, counted(tally)]);
            object
        },
        |tally, panic| {
            assert!(panic.expect("it panics").contains("borrowed"));
            tally.assert(2, 2);
        },
    );
}

#[test]
fn a_finalizer_inside_can_resurrect_the_object_and_none_runs_again() {
    for in_cycle in [false, true] {
        let tally: Rc<Tally> = Rc::default();
        let saved: Rc<RefCell<Option<Gc<Outer>>>> = Rc::default();
        let object = outer();
        let (weak, place) = (Gc::downgrade(&object), saved.clone());
        let saves = counted(&tally).on_finalize(move || {
            place.replace(weak.upgrade());
        });
        object.many.borrow_mut().extend([counted(&tally), saves, counted(&tally)]);
        if in_cycle {
            object.own.replace(Some(object.clone()));
        }
        drop(object);
        gc::collect();
        tally.assert(3, 0);
        let object = saved.take().expect("it was saved");
        assert!(gc::is_finalized(&object));
        object.many.borrow_mut().push(counted(&tally));
        drop(object);
        gc::collect();
        tally.assert(3, 4);
        drop(saved);
        assert_sound_and_empty();
    }
}

#[test]
fn a_finalizer_inside_may_collect_make_objects_and_drop_the_last_handles() {
    both_ways(
        |tally| {
            let object = outer();
            let other = outer();
            other.own.replace(Some(other.clone()));
            other.many.borrow_mut().push(counted(tally));
            let nested = tally.clone();
            let busy = counted(tally).on_finalize(move || {
                drop(other);
                gc::collect();
                let third = outer();
                third.slot.replace(Some(Box::new(counted(&nested))));
                drop(third);
            });
            object.many.borrow_mut().extend([busy, counted(tally)]);
            object
        },
        |tally, panic| {
            assert_eq!(panic, None);
            // In a collection, the other object becomes garbage for the next one.
            gc::collect();
            tally.assert(4, 4);
        },
    );
}

#[test]
fn values_may_be_moved_between_objects_while_they_are_finalized() {
    both_ways(
        |tally| {
            let (object, heir) = (outer(), outer());
            heir.own.replace(Some(heir.clone()));
            object.many.borrow_mut().push(counted(tally));
            object.hook.set(Some(Box::new(move |outer| {
                let values = outer.many.take();
                heir.many.borrow_mut().extend(values);
            })));
            object
        },
        |tally, panic| {
            assert_eq!(panic, None);
            gc::collect();
            tally.assert(1, 1);
        },
    );
}

#[test]
fn an_object_that_leaves_no_trace_but_its_contents_does_not_leave_a_collection_early() {
    #[derive(Trace)]
    struct Silent {
        own: RefCell<Option<Gc<Silent>>>,
        values: Vec<Inner>,
    }
    let tally: Rc<Tally> = Rc::default();
    for _ in 0..1000 {
        let values = vec![Inner { tally: tally.clone(), hook: Cell::new(None) }];
        let object = Gc::new(Silent { own: RefCell::default(), values });
        object.own.replace(Some(object.clone()));
    }
    gc::collect();
    tally.assert(1000, 0);
    assert_sound_and_empty();
}
