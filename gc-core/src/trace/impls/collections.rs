//! The collections of std, arrays and slices, and the iterators that own their remaining
//! items and give access to them.
//!
//! Nothing here asks for `Eq`, `Ord` or `Hash`: a walk needs none of them. The
//! hasher `S` is not traced; a `Gc` in it counts as held from outside.

use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, TryReserveError, VecDeque};
use alloc::vec::{self, Vec};
use core::array;
use std::collections::{HashMap, HashSet};

use crate::trace::contract::{Acyclic, Trace};
use crate::trace::impls::contents::{label_items, trace_items};
use crate::trace::tracer::{LabelTracer, Tracer};

sequences! {
    {T} Vec<T> => |this| this,
    {T} VecDeque<T> => |this| this,
    {T} LinkedList<T> => |this| this,
    {T} BinaryHeap<T> => |this| this.iter(),
    {T} BTreeSet<T> => |this| this,
    {T, S} HashSet<T, S> => |this| this,
    {T, const N: usize} [T; N] => |this| this,
    {T} vec::IntoIter<T> => |this| this.as_slice(),
    {T, const N: usize} array::IntoIter<T, N> => |this| this.as_slice(),
}

maps! {
    {K, V} BTreeMap<K, V> => |this| this,
    {K, V, S} HashMap<K, V, S> => |this| this,
}

// SAFETY: a slice owns each of its items alone, and each is traced once. `T`
// keeps the contract for the rest.
unsafe impl<T: Trace> Trace for [T] {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        trace_items(self, tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        label_items(self, tracer);
    }
}

impl<T: Acyclic> Acyclic for [T] {}

leaves! { TryReserveError }
