//! The shapes of objects that the workloads use, defined for one library by one
//! macro call.
//!
//! The call names the library's pointer, its cell, what its objects derive, and
//! a macro that implements `Trace` by hand for libraries without a usable
//! derive: it gets the fields that own pointers, which is all that a derive
//! would look at.

/// Defines the shapes and implements [`Objects`](crate::library::Objects) for a
/// [`Runtime`](crate::library::Runtime).
macro_rules! objects {
    (for $Library:ident, $Pointer:ident, $Cell:ident, derive $derive:tt, trace $trace:ident) => {
        $crate::shapes::shape! { $derive $trace
            #[doc = "Words only."]
            pub struct Leaf<const N: usize> { words: [u64; N] }
            leaf [const N: usize] [N]
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "A pointer that can be changed, and words."]
            pub struct Node<const N: usize> { edge: $Cell<Option<$Pointer<Node<N>>>>, words: [u64; N] }
            owner [const N: usize] [N] edge
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "Two pointers that cannot be changed."]
            pub struct Tree { left: Option<$Pointer<Tree>>, right: Option<$Pointer<Tree>> }
            owner [] [] left right
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "Two pointers that can be changed, and two numbers."]
            pub struct Fork {
                left: $Cell<Option<$Pointer<Fork>>>,
                right: $Cell<Option<$Pointer<Fork>>>,
                numbers: [i32; 2]
            }
            owner [] [] left right
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "A list of pointers."]
            pub struct Vertex { edges: $Cell<Vec<$Pointer<Vertex>>> }
            owner [] [] edges
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "A name and a list of pointers."]
            pub struct Labelled { label: String, edges: $Cell<Vec<$Pointer<Labelled>>> }
            owner [] [] edges
        }

        impl $crate::library::Objects for $Library {
            type Leaf<const N: usize> = $Pointer<Leaf<N>>;
            type Node<const N: usize> = $Pointer<Node<N>>;
            type Tree = $Pointer<Tree>;
            type Fork = $Pointer<Fork>;
            type Vertex = $Pointer<Vertex>;
            type Labelled = $Pointer<Labelled>;

            #[inline(always)]
            fn leaf<const N: usize>() -> Self::Leaf<N> {
                $Pointer::new(Leaf { words: [1; N] })
            }

            #[inline(always)]
            fn node<const N: usize>(edge: Option<Self::Node<N>>) -> Self::Node<N> {
                $Pointer::new(Node { edge: $Cell::new(edge), words: [1; N] })
            }

            #[inline(always)]
            fn set_edge<const N: usize>(node: &Self::Node<N>, edge: Option<Self::Node<N>>) {
                *node.edge.borrow_mut() = edge;
            }

            #[inline(always)]
            fn words<const N: usize>(node: &Self::Node<N>) -> &[u64; N] {
                &node.words
            }

            #[inline(always)]
            fn tree(left: Option<Self::Tree>, right: Option<Self::Tree>) -> Self::Tree {
                $Pointer::new(Tree { left, right })
            }

            fn count(tree: &Self::Tree) -> u64 {
                let below = |tree: &Option<Self::Tree>| tree.as_ref().map_or(0, Self::count);
                1 + below(&tree.left) + below(&tree.right)
            }

            #[inline(always)]
            fn fork(left: Option<Self::Fork>, right: Option<Self::Fork>) -> Self::Fork {
                $Pointer::new(Fork {
                    left: $Cell::new(left),
                    right: $Cell::new(right),
                    numbers: [0; 2],
                })
            }

            #[inline(always)]
            fn populate(fork: &Self::Fork, grow: &mut dyn FnMut(&Self::Fork)) {
                *fork.left.borrow_mut() = Some(Self::fork(None, None));
                *fork.right.borrow_mut() = Some(Self::fork(None, None));
                for side in [&fork.left, &fork.right] {
                    if let Some(below) = &*side.borrow() {
                        grow(below);
                    }
                }
            }

            #[inline(always)]
            fn vertex() -> Self::Vertex {
                $Pointer::new(Vertex { edges: $Cell::new(Vec::new()) })
            }

            #[inline(always)]
            fn with_edges<R>(
                vertex: &Self::Vertex,
                f: impl FnOnce(&mut Vec<Self::Vertex>) -> R,
            ) -> R {
                f(&mut vertex.edges.borrow_mut())
            }

            #[inline(always)]
            fn labelled(label: String) -> Self::Labelled {
                $Pointer::new(Labelled { label, edges: $Cell::new(Vec::new()) })
            }

            #[inline(always)]
            fn link_labelled(from: &Self::Labelled, to: Self::Labelled) {
                from.edges.borrow_mut().push(to);
            }
        }
    };
}

/// Defines the shapes with links back and implements
/// [`Backlinks`](crate::library::Backlinks) with strong ones.
macro_rules! backlinks {
    (for $Library:ident, $Pointer:ident, $Cell:ident, derive $derive:tt, trace $trace:ident) => {
        $crate::shapes::shape! { $derive $trace
            #[doc = "A node of a tree that knows its parent."]
            pub struct Child {
                parent: $Cell<Option<$Pointer<Child>>>,
                left: Option<$Pointer<Child>>,
                right: Option<$Pointer<Child>>
            }
            owner [] [] parent left right
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "A node of a tree that knows its parent and has any number of children."]
            pub struct Branch {
                parent: $Cell<Option<$Pointer<Branch>>>,
                children: $Cell<Vec<$Pointer<Branch>>>
            }
            owner [] [] parent children
        }
        $crate::shapes::shape! { $derive $trace
            #[doc = "A node of a doubly linked list."]
            pub struct Link {
                next: $Cell<Option<$Pointer<Link>>>,
                previous: $Cell<Option<$Pointer<Link>>>
            }
            owner [] [] next previous
        }

        impl $crate::library::Backlinks for $Library {
            type Child = $Pointer<Child>;
            type Branch = $Pointer<Branch>;
            type Link = $Pointer<Link>;

            #[inline(always)]
            fn child(left: Option<Self::Child>, right: Option<Self::Child>) -> Self::Child {
                $Pointer::new(Child { parent: $Cell::new(None), left, right })
            }

            #[inline(always)]
            fn adopt(parent: &Self::Child) {
                for child in [&parent.left, &parent.right].into_iter().flatten() {
                    *child.parent.borrow_mut() = Some(parent.clone());
                }
            }

            #[inline(always)]
            fn branch(parent: Option<&Self::Branch>) -> Self::Branch {
                let child = $Pointer::new(Branch {
                    parent: $Cell::new(parent.cloned()),
                    children: $Cell::new(Vec::new()),
                });
                if let Some(parent) = parent {
                    parent.children.borrow_mut().push(child.clone());
                }
                child
            }

            #[inline(always)]
            fn link(next: Option<Self::Link>) -> Self::Link {
                $Pointer::new(Link { next: $Cell::new(next), previous: $Cell::new(None) })
            }

            #[inline(always)]
            fn set_previous(link: &Self::Link, previous: &Self::Link) {
                *link.previous.borrow_mut() = Some(previous.clone());
            }
        }
    };
}

/// Implements [`Weaks`](crate::library::Weaks); `$downgrade` takes `&Pointer`.
macro_rules! weaks {
    (for $Library:ident, $Pointer:ident, $Weak:ident, $downgrade:expr) => {
        impl $crate::library::Weaks for $Library {
            type Weak = $Weak<Node<3>>;

            #[inline(always)]
            fn downgrade(node: &$Pointer<Node<3>>) -> Self::Weak {
                $downgrade(node)
            }

            #[inline(always)]
            fn upgrade(weak: &Self::Weak) -> Option<$Pointer<Node<3>>> {
                weak.upgrade()
            }
        }
    };
}

/// One struct with its derives and its hand-written `Trace`.
macro_rules! shape {
    (
        ($($derive:ident)*) $trace:ident
        #[doc = $doc:literal]
        pub struct $Name:ident $(<const $N:ident: usize>)? { $($field:ident: $Type:ty),* }
        $kind:ident [$($generics:tt)*] [$($arguments:tt)*] $($owning:ident)*
    ) => {
        #[derive($($derive),*)]
        #[allow(dead_code, reason = "some fields only take room")]
        #[doc = $doc]
        pub struct $Name $(<const $N: usize>)? {
            $($field: $Type),*
        }
        $trace! { $kind [$($generics)*] $Name [$($arguments)*] $($owning)* }
    };
}

pub(crate) use {backlinks, objects, shape, weaks};
