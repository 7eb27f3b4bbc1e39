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
use crate::trace::finalizers::has_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::impls::contents::{items, label_items, trace_items};
use crate::trace::impls::footprint::{table, tree};
use crate::trace::recursion::{NoGcLeadsBackTo, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

sequences! {
    {T} Vec<T> => |this| this => owns items::<T>(this.capacity()),
    {T} VecDeque<T> => |this| this => owns items::<T>(this.capacity()),
    {T} LinkedList<T> => |this| this => owns items::<(T, [usize; 2])>(this.len()),
    {T} BinaryHeap<T> => |this| this.iter() => owns items::<T>(this.capacity()),
    {T} BTreeSet<T> => |this| this => owns tree(this.iter().map(|item| (item, &()))),
    {T, S} HashSet<T, S> => |this| this => owns table::<T>(this.capacity()),
    {T, const N: usize} [T; N] => |this| this,
    {T} vec::IntoIter<T> => |this| this.as_slice() => owns items::<T>(this.len()),
    {T, const N: usize} array::IntoIter<T, N> => |this| this.as_slice(),
}

maps! {
    {K, V} BTreeMap<K, V> => |this| this => owns tree(this.iter()),
    {K, V, S} HashMap<K, V, S> => |this| this => owns table::<(K, V)>(this.capacity()),
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

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.items(self);
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        has_finalizers::<T>()
    }
}

impl<T: Acyclic> Acyclic for [T] {}

impl<T: Owns> Owns for [T] {
    type Owned = NoGcLeadsBackTo<T>;
}

leaves! { TryReserveError }
