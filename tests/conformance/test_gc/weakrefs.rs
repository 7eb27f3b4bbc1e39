//! Weak references whose callbacks and finalizers look at other garbage.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::gc;
use gcycle::{Finalize, Gc, Trace, Untraced, Weak};

use crate::objects::{Instance, List, Plain};

/// What callbacks saw through weak references: nothing, one hopes.
type Ouch = Rc<RefCell<Vec<bool>>>;

pub(super) fn test_bug1055820b() {
    let ouch = Ouch::default();
    let references: Rc<RefCell<Vec<Weak<Plain>>>> = Rc::default();
    let objects = [Plain::cyclic("loop"), Plain::cyclic("loop")];
    for object in &objects {
        let weak = Gc::downgrade_with(object, {
            let (ouch, references) = (Rc::clone(&ouch), Rc::clone(&references));
            move || {
                let look = |weak: &Weak<Plain>| weak.upgrade().is_some();
                *ouch.borrow_mut() = references.borrow().iter().map(look).collect();
            }
        });
        references.borrow_mut().push(weak);
    }
    gc::collect();
    assert!(ouch.borrow().is_empty());
    drop(objects);
    gc::collect();
    assert_eq!(*ouch.borrow(), [false, false], "the callbacks ran and saw no object");
}

/// So many objects are enough for a collection.
pub(super) const MOST: u32 = if cfg!(miri) { 2_500 } else { 10_000 };

/// Tells when the collector has run: a piece of garbage with a callback.
pub(super) struct Detector {
    happened: Rc<Cell<bool>>,
    _weak: Weak<Plain>,
}

impl Detector {
    pub(super) fn new() -> Detector {
        let happened = Rc::new(Cell::new(false));
        let weak = Gc::downgrade_with(&Plain::cyclic("loop"), {
            let happened = Rc::clone(&happened);
            move || happened.set(true)
        });
        Detector { happened, _weak: weak }
    }

    /// Allocates until the collector runs; the number of objects it took, or
    /// `None` after [`MOST`].
    pub(super) fn wait(&self) -> Option<usize> {
        let mut junk = Vec::new();
        while !self.happened.get() {
            if junk.len() > MOST as usize {
                return None;
            }
            junk.push(List::new());
        }
        Some(junk.len())
    }
}

/// The graph of the two cases: an old object, whose death calls `look`, is kept
/// alive by young garbage only, and `look` has a weak handle to other young
/// garbage.
fn check_bug1055820(old_object: impl FnOnce(&Ouch, &Rc<RefCell<Weak<Plain>>>) -> OldObject) {
    let ouch = Ouch::default();
    let weak_to_second = Rc::new(RefCell::new(Weak::new()));
    let old = old_object(&ouch, &weak_to_second);
    // Now it is in the oldest generation.
    gc::collect();

    let first = Gc::new(KeepsOldAlive { me: RefCell::default(), _old: old.object });
    *first.me.borrow_mut() = Some(first.clone());
    let second = Plain::cyclic("loop");
    *weak_to_second.borrow_mut() = Gc::downgrade(&second);
    drop((first, second));

    // The collector must run by itself, so that the generations stay apart.
    let detector = Detector::new();
    assert!(ouch.borrow().is_empty());
    assert!(detector.wait().is_some(), "no collection after {MOST} objects");
    assert_eq!(*ouch.borrow(), [false], "`look` ran and saw no object");
    drop(old.weak);
}

/// What young garbage keeps alive.
struct OldObject {
    object: Gc<Instance>,
    weak: Option<Weak<Instance>>,
}

/// Young garbage: a loop, and a handle to the old object.
#[derive(Trace)]
struct KeepsOldAlive {
    me: RefCell<Option<Gc<KeepsOldAlive>>>,
    _old: Gc<Instance>,
}

/// What is called when the old object dies.
fn look(ouch: &Ouch, weak: &Rc<RefCell<Weak<Plain>>>) -> impl Fn() + 'static {
    let (ouch, weak) = (Rc::clone(ouch), Rc::clone(weak));
    move || *ouch.borrow_mut() = vec![weak.borrow().upgrade().is_some()]
}

pub(super) fn test_bug1055820c() {
    check_bug1055820(|ouch, weak| {
        let object = Instance::new(|_| ());
        let weak = Gc::downgrade_with(&object, look(ouch, weak));
        OldObject { object, weak: Some(weak) }
    });
}

pub(super) fn test_bug1055820d() {
    gc::set_threshold(MOST / 10, 0, 0);
    check_bug1055820(|ouch, weak| {
        let look = look(ouch, weak);
        OldObject { object: Instance::new(move |_| look()), weak: None }
    });
}

/// A container whose contents the collector does not see.
#[derive(Trace)]
struct Opaque(Untraced<Gc<Plain>>);

/// Garbage: itself, what only it keeps alive, and a weak handle to that.
#[derive(Trace)]
struct Trash {
    me: RefCell<Option<Gc<Trash>>>,
    opaque: Gc<Opaque>,
    weak: Weak<Plain>,
}

/// A second cycle that holds the weak handle for longer.
#[derive(Trace)]
#[trace(finalize)]
struct HoldsWeak {
    me: RefCell<Option<Gc<HoldsWeak>>>,
    weak: Weak<Plain>,
}

impl Finalize for HoldsWeak {
    fn finalize(&self) {
        assert!(self.weak.upgrade().is_none(), "cleared before finalizers run");
    }
}

pub(super) fn test_trash_weakref_clear() {
    // hidden <- opaque <- trash --> weak reference to hidden, with a callback.
    // All of it is garbage, which nobody knows of `hidden`.
    let is_called = Rc::new(Cell::new(false));
    let hidden = Plain::new();
    let weak = Gc::downgrade_with(&hidden, {
        let is_called = Rc::clone(&is_called);
        move || is_called.set(true)
    });
    let opaque = Gc::new(Opaque(Untraced(hidden)));
    let trash = Gc::new(Trash { me: RefCell::default(), opaque, weak: weak.clone() });
    *trash.me.borrow_mut() = Some(trash.clone());
    let holds_weak = Gc::new(HoldsWeak { me: RefCell::default(), weak });
    *holds_weak.me.borrow_mut() = Some(holds_weak.clone());
    gc::collect();

    drop((trash, holds_weak));
    assert_eq!(gc::collect(), 3);
    assert!(!is_called.get(), "a weak reference that is garbage calls nobody");
    assert!(gc::get_objects(None).is_empty());
}
