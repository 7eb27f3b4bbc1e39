//! The dominator tree of a graph of `graph/`, which tells what keeps what alive: two ways
//! to find the tree, one for shallow trees and one for all, and the tree itself.
//!
//! It imports from `graph/` alone.
//!
//! Invariant: both ways find the same tree; a test compares them with the definition.

mod breadth_dominators;
pub(crate) mod dominator_tree;
mod semi_nca;
