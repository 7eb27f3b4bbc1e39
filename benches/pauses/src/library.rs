//! What a graph needs of a library, and the libraries.
//!
//! The graphs are written once. A value of [`Library`] is what the library's functions want to
//! be given: nothing, or the permission of an arena to change it.

use std::cell::RefCell;

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc as ArenaGc, Mutation, barrier::field};

/// A library, as the graphs see it.
pub(crate) trait Library: Copy {
    /// A handle to a node.
    type Node: Clone;

    /// Makes a node that refers to its `parent`. A node of a ring is told from others by `ring`.
    fn node(self, parent: Option<&Self::Node>, ring: bool) -> Self::Node;

    /// Whether the node was made as one of a ring.
    fn is_ring(node: &Self::Node) -> bool;

    /// Whether both are handles to one node.
    fn is_same(one: &Self::Node, other: &Self::Node) -> bool;

    /// Reads the links of a node.
    fn read<R>(node: &Self::Node, read: impl FnOnce(&[Self::Node]) -> R) -> R;

    /// Changes the links of a node.
    fn write<R>(self, node: &Self::Node, write: impl FnOnce(&mut Vec<Self::Node>) -> R) -> R;
}

/// The node of a library with handles that count, and the library over it.
macro_rules! counted {
    ($library:ident, $node:ident, $gc:ident from $crate_name:ident, $cell:ty, $($derive:ident)*) => {
        #[doc = concat!("The library `", stringify!($crate_name), "`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $library;

        #[doc = concat!("A node of `", stringify!($crate_name), "`.")]
        #[derive($($crate_name::$derive),*)]
        pub(crate) struct $node {
            #[allow(dead_code, reason = "it only keeps the parent alive")]
            parent: Option<$crate_name::$gc<$node>>,
            links: $cell,
            ring: bool,
        }

        impl Library for $library {
            type Node = $crate_name::$gc<$node>;

            fn node(self, parent: Option<&Self::Node>, ring: bool) -> Self::Node {
                let parent = parent.cloned();
                $crate_name::$gc::new($node { parent, links: <$cell>::new(Vec::new()), ring })
            }

            fn is_ring(node: &Self::Node) -> bool {
                node.ring
            }

            fn is_same(one: &Self::Node, other: &Self::Node) -> bool {
                $crate_name::$gc::ptr_eq(one, other)
            }

            fn read<R>(node: &Self::Node, read: impl FnOnce(&[Self::Node]) -> R) -> R {
                read(&node.links.borrow())
            }

            fn write<R>(
                self,
                node: &Self::Node,
                write: impl FnOnce(&mut Vec<Self::Node>) -> R,
            ) -> R {
                write(&mut node.links.borrow_mut())
            }
        }
    };
}

counted!(Gcycle, GcycleNode, Gc from gcycle, RefCell<Vec<gcycle::Gc<GcycleNode>>>, Trace);
counted!(Boa, BoaNode, Gc from boa_gc, boa_gc::GcRefCell<Vec<boa_gc::Gc<BoaNode>>>, Trace Finalize);

/// The library `gc-arena`, while an arena may be changed.
#[derive(Clone, Copy)]
pub(crate) struct Arena<'gc>(pub(crate) &'gc Mutation<'gc>);

/// A node of an arena.
#[derive(Collect)]
#[collect(no_drop)]
pub(crate) struct ArenaNode<'gc> {
    #[allow(dead_code, reason = "it only keeps the parent alive")]
    parent: Option<ArenaGc<'gc, ArenaNode<'gc>>>,
    links: RefLock<Vec<ArenaGc<'gc, ArenaNode<'gc>>>>,
    ring: bool,
}

impl<'gc> Library for Arena<'gc> {
    type Node = ArenaGc<'gc, ArenaNode<'gc>>;

    fn node(self, parent: Option<&Self::Node>, ring: bool) -> Self::Node {
        let links = RefLock::new(Vec::new());
        ArenaGc::new(self.0, ArenaNode { parent: parent.copied(), links, ring })
    }

    fn is_ring(node: &Self::Node) -> bool {
        node.ring
    }

    fn is_same(one: &Self::Node, other: &Self::Node) -> bool {
        ArenaGc::ptr_eq(*one, *other)
    }

    fn read<R>(node: &Self::Node, read: impl FnOnce(&[Self::Node]) -> R) -> R {
        read(&node.links.borrow())
    }

    fn write<R>(self, node: &Self::Node, write: impl FnOnce(&mut Vec<Self::Node>) -> R) -> R {
        let links = field!(ArenaGc::write(self.0, *node), ArenaNode, links).unlock();
        write(&mut links.borrow_mut())
    }
}
