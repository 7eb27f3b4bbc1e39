//! An object that does what a test tells it to, wherever user code runs.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::{Gc, Trace, Tracer, Untraced, gc};

/// What `trace` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracing {
    /// Reports every edge once.
    Honest,
    /// Reports every edge twice.
    Twice,
    /// Reports nothing.
    Silent,
    /// Reports nothing every other time.
    Fickle,
    /// Reports the edges and panics.
    Panics,
    /// Makes and drops an object.
    Allocates,
    /// Asks for a collection.
    Collects,
}

type Hook = Box<dyn FnMut(&Gc<Node>)>;

/// What happened to the nodes of a test.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) finalized: Cell<usize>,
    pub(crate) dropped: Cell<usize>,
}

pub(crate) struct Node {
    pub(crate) edges: RefCell<Vec<Gc<Node>>>,
    pub(crate) tracing: Cell<Tracing>,
    times_traced: Cell<usize>,
    /// Runs in the finalizer, with a handle to this object.
    on_finalize: Untraced<RefCell<Option<Hook>>>,
    own: Untraced<RefCell<gcycle::Weak<Node>>>,
    on_drop: Untraced<OnDrop>,
}

struct OnDrop {
    tally: Rc<Tally>,
    hook: Cell<Option<Box<dyn FnOnce()>>>,
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.tally.dropped.set(self.tally.dropped.get() + 1);
        if let Some(hook) = self.hook.take() {
            hook();
        }
    }
}

// SAFETY: with `Tracing::Honest` each edge is reported once. With the others the
// contract is broken on purpose, in ways that must do no harm.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let times = self.times_traced.get() + 1;
        self.times_traced.set(times);
        match self.tracing.get() {
            Tracing::Silent => return,
            Tracing::Fickle if times % 2 == 0 => return,
            Tracing::Allocates => drop(Gc::new(RefCell::new(Vec::<Gc<Node>>::new()))),
            Tracing::Collects => assert_eq!(gc::collect(), 0, "a collection is running"),
            _ => {}
        }
        self.edges.trace(tracer);
        match self.tracing.get() {
            Tracing::Twice => self.edges.trace(tracer),
            Tracing::Panics => panic!("trace panics"),
            _ => {}
        }
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|node| {
            let tally = &node.on_drop.tally;
            tally.finalized.set(tally.finalized.get() + 1);
            let own = node.own.borrow().upgrade().expect("a finalizer's object is there");
            let hook = node.on_finalize.borrow_mut().take();
            if let Some(mut hook) = hook {
                hook(&own);
            }
        })
    }
}

/// Makes an object without edges.
pub(crate) fn node(tally: &Rc<Tally>) -> Gc<Node> {
    let node = Gc::new(Node {
        edges: RefCell::default(),
        tracing: Cell::new(Tracing::Honest),
        times_traced: Cell::new(0),
        on_finalize: Untraced(RefCell::default()),
        own: Untraced(RefCell::new(gcycle::Weak::new())),
        on_drop: Untraced(OnDrop { tally: tally.clone(), hook: Cell::new(None) }),
    });
    *node.own.borrow_mut() = Gc::downgrade(&node);
    node
}

impl Node {
    /// Says what the finalizer does.
    pub(crate) fn on_finalize(&self, hook: impl FnMut(&Gc<Node>) + 'static) {
        *self.on_finalize.borrow_mut() = Some(Box::new(hook));
    }

    /// Says what dropping the value does.
    pub(crate) fn on_drop(&self, hook: impl FnOnce() + 'static) {
        self.on_drop.hook.set(Some(Box::new(hook)));
    }

    /// Adds an edge.
    pub(crate) fn link(&self, target: &Gc<Node>) {
        self.edges.borrow_mut().push(target.clone());
    }
}

/// A ring of so many objects.
pub(crate) fn ring(tally: &Rc<Tally>, length: usize) -> Vec<Gc<Node>> {
    let nodes: Vec<Gc<Node>> = (0..length).map(|_| node(tally)).collect();
    for (index, node) in nodes.iter().enumerate() {
        node.link(&nodes[(index + 1) % length]);
    }
    nodes
}

/// What `run` panicked with.
pub(crate) fn panic_of<R>(run: impl FnOnce() -> R) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(run)).err()?;
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    Some(text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a text"))
}

/// The heap works: it collects what is garbage now, and then a new cycle.
pub(crate) fn assert_sound() {
    gc::collect();
    let tally = Rc::default();
    drop(ring(&tally, 3));
    assert_eq!(gc::collect(), 3, "a cycle is collected");
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (3, 3));
    assert_eq!(gc::collect(), 0, "nothing is left");
}

/// As [`assert_sound`], and nothing is on the heap.
pub(crate) fn assert_sound_and_empty() {
    assert_sound();
    assert_eq!(gc::memory().objects, 0, "every object was freed");
}
