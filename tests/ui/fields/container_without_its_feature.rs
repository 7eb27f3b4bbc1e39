//! A container of another crate may have a feature, and is not skipped with its handles.

use gcycle::{Gc, Trace};

/// Stands in for the crate, whose feature is off.
mod indexmap {
    pub struct IndexMap<K, V>(pub Vec<(K, V)>);
}

#[derive(Trace)]
struct Owner {
    children: indexmap::IndexMap<String, Gc<Owner>>,
}

fn main() {}
