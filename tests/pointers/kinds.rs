//! The values that the tests make objects of.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Tracer, gc};

/// Counts how often it is dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drops(Rc<Cell<usize>>);

impl Drops {
    /// No drop yet.
    pub(crate) fn new() -> Self {
        Drops::default()
    }

    /// A value whose drop is counted here.
    pub(crate) fn watch(&self) -> Watched {
        Watched(self.clone())
    }

    /// The drops so far.
    pub(crate) fn count(&self) -> usize {
        self.0.get()
    }
}

/// A value whose drop is counted; so is that of its clones.
#[derive(Debug)]
pub(crate) struct Watched(Drops);

impl Clone for Watched {
    fn clone(&self) -> Self {
        self.0.watch()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.0.set(self.0.count() + 1);
    }
}

// SAFETY: there is nothing to report.
unsafe impl Trace for Watched {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// An object with any number of edges.
#[derive(Debug)]
pub(crate) struct Node {
    /// The objects it refers to.
    pub(crate) edges: RefCell<Vec<Gc<Node>>>,
    /// Shows when it goes.
    pub(crate) watched: Watched,
}

impl Node {
    /// An object without edges.
    pub(crate) fn new(drops: &Drops) -> Node {
        Node { edges: RefCell::default(), watched: drops.watch() }
    }

    /// Makes `from` refer to `to`.
    pub(crate) fn link(from: &Gc<Node>, to: &Gc<Node>) {
        from.edges.borrow_mut().push(to.clone());
    }

    /// Two objects that refer to each other.
    pub(crate) fn ring(drops: &Drops) -> (Gc<Node>, Gc<Node>) {
        let (a, b) = (Gc::new(Node::new(drops)), Gc::new(Node::new(drops)));
        Node::link(&a, &b);
        Node::link(&b, &a);
        (a, b)
    }
}

impl Clone for Node {
    fn clone(&self) -> Self {
        Node { edges: self.edges.clone(), watched: self.watched.clone() }
    }
}

// SAFETY: the edges are reported once each.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

/// An object with fields that only `&mut` can change: what a collection reads
/// there races with a `&mut` that the program uses.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    /// The objects it refers to.
    pub(crate) edges: Vec<Gc<Plain>>,
    _watched: Watched,
}

impl Plain {
    /// An object without edges.
    pub(crate) fn new(drops: &Drops) -> Plain {
        Plain { edges: Vec::new(), _watched: drops.watch() }
    }
}

// SAFETY: the edges are reported once each.
unsafe impl Trace for Plain {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

/// What a [`Last`] does before it goes.
type Act = Box<dyn Fn(&Last)>;

/// An object that runs a function when it is finalized.
pub(crate) struct Last {
    /// What it refers to.
    pub(crate) edge: RefCell<Option<Gc<Last>>>,
    /// Anything else that goes with it.
    pub(crate) node: RefCell<Option<Gc<Node>>>,
    act: Act,
}

impl Last {
    /// An object that runs `act` before it goes.
    pub(crate) fn new(act: impl Fn(&Last) + 'static) -> Self {
        Last { edge: RefCell::default(), node: RefCell::default(), act: Box::new(act) }
    }
}

impl Finalize for Last {
    fn finalize(&self) {
        (self.act)(self);
    }
}

// SAFETY: both edges are reported once.
unsafe impl Trace for Last {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edge.trace(tracer);
        self.node.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(Self::finalize)
    }
}

/// The worst that can happen at a moment: objects are allocated, cycles die, and
/// collections of all generations look at the whole heap.
pub(crate) fn stir() {
    let drops = Drops::new();
    // Under Miri only the full collection, which looks at all that the others do.
    let generations = if cfg!(miri) { &gc::Generation::ALL[2..] } else { &gc::Generation::ALL[..] };
    for &generation in generations {
        for _ in 0..3 {
            drop(Node::ring(&drops));
        }
        gc::collect_generation(generation);
    }
    let objects = gc::get_objects(None);
    for object in &objects {
        let edges = gc::get_referents(std::slice::from_ref(object));
        assert!(edges.iter().all(|edge| edge.size() < usize::MAX));
        if let Some(plain) = object.downcast::<Plain>() {
            assert!(plain.edges.iter().all(|edge| Gc::strong_count(edge) > 0));
        }
    }
    assert!(gc::get_referrers(&objects).len() <= objects.len());
    assert!(gc::memory().objects >= objects.len());
}

/// Counts how often it was finalized.
#[derive(Trace)]
#[trace(finalize)]
pub(crate) struct Counted(#[trace(skip)] pub(crate) Rc<Cell<u32>>);

impl Finalize for Counted {
    fn finalize(&self) {
        self.0.set(self.0.get() + 1);
    }
}

/// So many objects are a long list, in the time that the build takes for each.
pub(crate) const LONG: usize = if cfg!(miri) {
    140
} else if cfg!(gc_zeal) {
    2_000
} else if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};
