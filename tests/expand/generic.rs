// Bounds are those that the fields need, and parameters are asked whether they
// are tracked.

use std::marker::PhantomData;

use gcycle::{Gc, Trace, Weak};

#[derive(Trace)]
struct Handle<T> {
    strong: Gc<T>,
}

#[derive(Trace)]
struct Entry<'a, K: Ord, V, const N: usize>
where
    V: Clone,
{
    key: &'a str,
    values: [Option<V>; N],
    old: Box<K>,
    name: String,
    watched: Weak<K>,
    marker: PhantomData<V>,
}

#[derive(Trace)]
enum Tree<T> {
    Leaf(T),
    Inner(Box<Tree<T>>, Other<T>),
}

#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct Other<T>(#[trace(name = "inside")] T);
