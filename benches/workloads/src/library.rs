//! What a pointer library has to offer so that the workloads can run on it.
//!
//! The traits name *shapes* of objects rather than one generic pointer: the
//! libraries disagree about cells (`gc` and `boa_gc` have their own) and about
//! `Trace`, so each defines the shapes for itself, with the macro in
//! [`shapes`](crate::shapes), and a workload sees handles and a few verbs.
//! Everything is generic and inlined: what is measured is the library's own
//! code.

use std::time::Duration;

/// The collector of a library, if it has one.
pub trait Runtime: 'static {
    /// What the library is called in tables.
    const NAME: &'static str;

    /// Collects everything that is unreachable.
    fn collect() {}

    /// Switches automatic collection on or off, where the library can.
    fn set_automatic(_on: bool) {}

    /// Has young objects collected whenever so many more were allocated, exactly,
    /// where the library can.
    fn collect_every(_allocations: u32) {}

    /// Called by workloads that make cyclic garbage after each piece of it: the
    /// place where a program would collect by hand if its library never does it
    /// by itself.
    #[inline(always)]
    fn step() {}

    /// How many objects the workload keeps alive: what a program that collects
    /// by hand goes by, so that the work pays.
    fn expect_live(_objects: usize) {}

    /// Gives unused memory back to the system, where the library can.
    fn trim() {}

    /// Objects that collections looked at so far, if the library counts them.
    fn traced() -> Option<u64> {
        None
    }

    /// Time spent in collections so far, if the library measures it.
    fn collector_time() -> Option<Duration> {
        None
    }

    /// How many collections ran so far, if the library counts them.
    fn collections() -> Option<u64> {
        None
    }
}

/// Objects without links back to their owners.
pub trait Objects: Runtime {
    /// `N` words, no pointers.
    type Leaf<const N: usize>: Clone;
    /// One pointer that can be changed, and `N` words.
    type Node<const N: usize>: Clone;
    /// Two pointers that cannot be changed.
    type Tree;
    /// Two pointers that can be changed, and two numbers.
    type Fork;
    /// A list of pointers.
    type Vertex: Clone;
    /// A name and a list of pointers.
    type Labelled: Clone;

    /// A new leaf.
    fn leaf<const N: usize>() -> Self::Leaf<N>;

    /// A new node.
    fn node<const N: usize>(edge: Option<Self::Node<N>>) -> Self::Node<N>;
    /// Changes the pointer of a node.
    fn set_edge<const N: usize>(node: &Self::Node<N>, edge: Option<Self::Node<N>>);
    /// The words of a node.
    fn words<const N: usize>(node: &Self::Node<N>) -> &[u64; N];

    /// A new tree.
    fn tree(left: Option<Self::Tree>, right: Option<Self::Tree>) -> Self::Tree;
    /// The number of objects in a tree.
    fn count(tree: &Self::Tree) -> u64;

    /// A new fork.
    fn fork(left: Option<Self::Fork>, right: Option<Self::Fork>) -> Self::Fork;
    /// Gives a fork two new forks, and `grow`s them.
    fn populate(fork: &Self::Fork, grow: &mut dyn FnMut(&Self::Fork));

    /// A new vertex.
    fn vertex() -> Self::Vertex;
    /// Looks at the pointers of a vertex and changes them.
    fn with_edges<R>(vertex: &Self::Vertex, f: impl FnOnce(&mut Vec<Self::Vertex>) -> R) -> R;

    /// A new labelled vertex.
    fn labelled(label: String) -> Self::Labelled;
    /// Adds a pointer to a labelled vertex.
    fn link_labelled(from: &Self::Labelled, to: Self::Labelled);
}

/// Objects with links back to their owners: strong where the library collects
/// cycles, weak where a program would use weak ones to avoid the leak.
pub trait Backlinks: Runtime {
    /// A node of a tree that knows its parent.
    type Child: Clone;
    /// A node of a tree that knows its parent and has any number of children.
    type Branch: Clone;
    /// A node of a doubly linked list.
    type Link: Clone;

    /// A new node above two others.
    fn child(left: Option<Self::Child>, right: Option<Self::Child>) -> Self::Child;
    /// Tells a node's children that it is their parent.
    fn adopt(parent: &Self::Child);

    /// A new node, the last child of `parent`.
    fn branch(parent: Option<&Self::Branch>) -> Self::Branch;

    /// A new head in front of `next`.
    fn link(next: Option<Self::Link>) -> Self::Link;
    /// Tells `link` what is before it.
    fn set_previous(link: &Self::Link, previous: &Self::Link);
}

/// Weak handles.
pub trait Weaks: Objects {
    /// A weak handle to a node of three words.
    type Weak: Clone;

    /// A weak handle to the node.
    fn downgrade(node: &Self::Node<3>) -> Self::Weak;
    /// A strong handle, if the node is alive.
    fn upgrade(weak: &Self::Weak) -> Option<Self::Node<3>>;
}

/// Weak handles that call back when their object dies.
pub trait Watched: Weaks {
    /// A weak handle to the node, and what it calls.
    fn watch(node: &Self::Node<3>, callback: impl FnOnce() + 'static) -> Self::Weak;
}
