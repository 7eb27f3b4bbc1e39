//! Derived types in a heap: cycles are found, finalizers run.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Weak, gc};

#[derive(Trace)]
#[trace(finalize)]
struct Member {
    #[trace(skip)]
    finalized: Rc<Cell<u32>>,
    next: RefCell<Option<Gc<Member>>>,
    back: RefCell<Weak<Member>>,
}

impl Finalize for Member {
    fn finalize(&self) {
        self.finalized.set(self.finalized.get() + 1);
    }
}

#[test]
fn a_ring_of_a_derived_type_is_finalized_and_collected() {
    let finalized = Rc::new(Cell::new(0));
    let member = || {
        let finalized = Rc::clone(&finalized);
        Gc::new(Member { finalized, next: RefCell::default(), back: RefCell::default() })
    };
    let (first, second) = (member(), member());
    *first.next.borrow_mut() = Some(second.clone());
    *second.next.borrow_mut() = Some(first.clone());
    *first.back.borrow_mut() = Gc::downgrade(&second);
    drop((first, second));
    assert_eq!(finalized.get(), 0);
    assert_eq!(gc::collect(), 2);
    assert_eq!(finalized.get(), 2);
    assert_eq!(Rc::strong_count(&finalized), 1, "the values were dropped");
}

#[derive(Trace)]
enum Expression {
    Call { function: Gc<Function>, arguments: Vec<Expression> },
    Constant(f64),
}

#[derive(Trace)]
struct Function {
    #[trace(skip)]
    alive: Rc<()>,
    body: RefCell<Vec<Expression>>,
}

#[test]
fn a_cycle_through_an_enum_is_collected() {
    let alive = Rc::new(());
    let function = Gc::new(Function { alive: Rc::clone(&alive), body: RefCell::new(Vec::new()) });
    let inner = Expression::Call { function: function.clone(), arguments: Vec::new() };
    let call = Expression::Call {
        function: function.clone(),
        arguments: vec![Expression::Constant(1.0), inner],
    };
    function.body.borrow_mut().push(call);
    drop(function);
    assert_eq!(gc::collect(), 1);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[derive(Trace)]
struct Hidden {
    #[trace(skip)]
    alive: Rc<()>,
    #[trace(skip)]
    to_itself: RefCell<Option<Gc<Hidden>>>,
    seen: RefCell<Option<Gc<Hidden>>>,
}

#[test]
fn a_skipped_edge_only_leaks() {
    let alive = Rc::new(());
    let hidden = Gc::new(Hidden {
        alive: Rc::clone(&alive),
        to_itself: RefCell::default(),
        seen: RefCell::default(),
    });
    *hidden.to_itself.borrow_mut() = Some(hidden.clone());
    *hidden.seen.borrow_mut() = Some(hidden.clone());
    let weak = Gc::downgrade(&hidden);
    drop(hidden);
    assert_eq!(gc::collect(), 0);
    let hidden = weak.upgrade().expect("the skipped edge keeps it alive");
    *hidden.to_itself.borrow_mut() = None;
    drop(hidden);
    assert_eq!(gc::collect(), 1);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[derive(Trace)]
// Its `Drop` looks at no `Gc`.
#[trace(unsafe_drop)]
struct Logged {
    #[trace(skip)]
    log: Rc<Cell<u32>>,
    itself: RefCell<Option<Gc<Logged>>>,
}

impl Drop for Logged {
    fn drop(&mut self) {
        self.log.set(self.log.get() + 1);
    }
}

#[test]
fn a_drop_that_was_allowed_runs_once() {
    let log = Rc::new(Cell::new(0));
    let logged = Gc::new(Logged { log: Rc::clone(&log), itself: RefCell::default() });
    *logged.itself.borrow_mut() = Some(logged.clone());
    drop(logged);
    assert_eq!(gc::collect(), 1);
    assert_eq!(log.get(), 1);
}
