//! The derive finds its helpers by a path that the program gives. Helpers that lie change
//! nothing that memory safety depends on.

#![forbid(unsafe_code)]
#![expect(dead_code, reason = "that nobody uses the lies is what the tests show")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;

use gcycle::{Gc, Trace, Untraced, gc};

/// Helpers that report each edge twice, and say of each drop that it is quiet.
mod fake {
    pub(super) use gcycle::{Trace, Tracer};

    pub(super) mod __private {
        pub(crate) use gcycle::__private::AskFields;

        /// Fits where the trait of questions stands, and has a function of the same name.
        pub(crate) trait Ask: gcycle::Ask {
            #[expect(dead_code, reason = "the derive must not find it")]
            fn traced<T: ?Sized>(self) -> bool {
                true
            }
        }

        impl<A: gcycle::Ask> Ask for A {}

        /// Has a method of the same name for each type.
        pub(crate) trait Fields: Sized {
            fn report(self, _: &'static str, tracer: &mut gcycle::Tracer<'_>);
        }

        impl<A: gcycle::Trace, B: gcycle::Trace> Fields for (&A, &B) {
            fn report(self, _: &'static str, tracer: &mut gcycle::Tracer<'_>) {
                for _ in 0..2 {
                    self.0.trace(tracer);
                    self.1.trace(tracer);
                }
            }
        }

        pub(crate) struct Probe<T: ?Sized>(std::marker::PhantomData<T>);

        impl<T: ?Sized> Probe<T> {
            pub(crate) const MAY_OWN_GC: bool = true;
        }
    }
}

/// Traits that have methods of the same names as those which the expansion calls, for
/// every type.
trait Report {
    fn report<T>(&mut self, _: &T, (): (), _: &str) {}
    fn answer(self) -> bool;
    fn traced<T>(&self) -> bool {
        true
    }
    fn unknown<T: ?Sized>(&self) -> bool {
        true
    }
}

impl<T> Report for T {
    fn answer(self) -> bool {
        true
    }
}

#[derive(Trace)]
#[trace(crate = fake)]
struct Node {
    next: RefCell<Option<Gc<Node>>>,
    other: RefCell<Vec<Gc<Node>>>,
    #[trace(skip)]
    drops: Drops,
}

#[derive(Default)]
struct Drops(Rc<Cell<u32>>);

impl Drop for Drops {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
        // Code of the user, in the middle of whatever drops it.
        drop(Gc::new(vec![Gc::new(1)]));
        gc::collect();
    }
}

/// Enough candidates that a full collection takes them in by chunks.
const MANY: u32 = if cfg!(miri) { 20 } else { 500 };

fn node(dropped: &Rc<Cell<u32>>) -> Gc<Node> {
    let drops = Drops(Rc::clone(dropped));
    Gc::new(Node { next: RefCell::default(), other: RefCell::default(), drops })
}

#[test]
fn a_helper_that_reports_twice_frees_nothing_that_is_held() {
    thread::spawn(|| {
        let dropped: Rc<Cell<u32>> = Rc::default();
        let nodes: Vec<Gc<Node>> = (0..50).map(|_| node(&dropped)).collect();
        for (number, one) in nodes.iter().enumerate() {
            *one.next.borrow_mut() = Some(nodes[(number + 1) % 50].clone());
            one.other.borrow_mut().extend([one.clone(), nodes[number / 2].clone()]);
        }
        let held = nodes[7].clone();
        drop(nodes);
        assert_eq!(gc::collect(), 0);
        assert_eq!(dropped.get(), 0);
        assert_eq!(held.other.borrow().len(), 2);
        drop(held);
        assert_eq!(gc::collect(), 50);
        assert_eq!(dropped.get(), 50);
    })
    .join()
    .expect("nothing is reported twice");
}

#[test]
fn a_helper_that_calls_a_drop_quiet_lets_no_code_run_early() {
    assert!(!gcycle::__private::drops_quietly::<Node>());
    thread::spawn(|| {
        let dropped: Rc<Cell<u32>> = Rc::default();
        for _ in 0..MANY {
            let one = node(&dropped);
            *one.next.borrow_mut() = Some(one.clone());
        }
        let more: Gc<(Untraced<u8>, Gc<Node>)> = Gc::new((Untraced(1), node(&dropped)));
        drop(more.clone());
        gc::collect();
        assert_eq!(dropped.get(), MANY);
        drop(more);
        assert_eq!(dropped.get(), MANY + 1);
        assert_eq!(gc::memory().objects, 0);
    })
    .join()
    .expect("code of the user runs where it may");
}
