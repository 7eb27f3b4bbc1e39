//! Iterators that give no access to the items they own.
//!
//! An adapter hands out its items by value only, so that a trace cannot see them. It is
//! `Trace` where everything in it is [`Acyclic`]: a parser over
//! `Peekable<Enumerate<vec::IntoIter<char>>>`, say. Closures are not; function pointers
//! are. Iterators that give access to their remaining items are traced, see
//! `collections`.

use alloc::collections::{binary_heap, btree_map, btree_set, linked_list, vec_deque};
use core::char::DecodeUtf16;
use core::future;
use core::iter::{
    Chain, Cloned, Copied, Cycle, Empty, Enumerate, Filter, FilterMap, FlatMap, Flatten, FromFn,
    Fuse, Inspect, Map, MapWhile, Once, OnceWith, Peekable, Repeat, RepeatN, RepeatWith, Rev, Scan,
    Skip, SkipWhile, StepBy, Successors, Take, TakeWhile, Zip,
};
use core::{option, result, slice};
use std::collections::{hash_map, hash_set};

use crate::trace::contract::Acyclic;

leaves! {
    asks:
    {T: Acyclic} Once<T>, {T: Acyclic} Repeat<T>, {T: Acyclic} RepeatN<T>, {T} Empty<T>,
}

leaves! {
    asks:
    {I: Acyclic} Cloned<I>, {I: Acyclic} Copied<I>, {I: Acyclic} Cycle<I>,
    {I: Acyclic} Enumerate<I>, {I: Acyclic} Fuse<I>, {I: Acyclic} Rev<I>,
    {I: Acyclic} Skip<I>, {I: Acyclic} StepBy<I>, {I: Acyclic} Take<I>,
    {I: Iterator<Item: Acyclic> + Acyclic} Peekable<I>,
    {A: Acyclic, B: Acyclic} Chain<A, B>,
    {A: Acyclic, B: Acyclic} Zip<A, B>,
}

leaves! {
    asks:
    {I: Acyclic, F: Acyclic} Filter<I, F>, {I: Acyclic, F: Acyclic} FilterMap<I, F>,
    {I: Acyclic, F: Acyclic} Inspect<I, F>, {I: Acyclic, F: Acyclic} Map<I, F>,
    {I: Acyclic, F: Acyclic} SkipWhile<I, F>, {I: Acyclic, F: Acyclic} TakeWhile<I, F>,
    {I: Acyclic, F: Acyclic} MapWhile<I, F>, {I: Acyclic, S: Acyclic, F: Acyclic} Scan<I, S, F>,
    {I: Acyclic, U: IntoIterator<IntoIter: Acyclic>, F: Acyclic} FlatMap<I, U, F>,
    {I: Iterator<Item: IntoIterator<IntoIter: Acyclic>> + Acyclic} Flatten<I>,
    {F: Acyclic} FromFn<F>, {F: Acyclic} OnceWith<F>, {F: Acyclic} RepeatWith<F>,
    {T: Acyclic, F: Acyclic} Successors<T, F>, {F: Acyclic} future::PollFn<F>,
    {I: Iterator<Item = u16> + Acyclic} DecodeUtf16<I>,
}

leaves! {
    asks:
    {T: Acyclic} binary_heap::IntoIter<T>, {T: Acyclic} btree_set::IntoIter<T>,
    {T: Acyclic} hash_set::IntoIter<T>, {T: Acyclic} linked_list::IntoIter<T>,
    {T: Acyclic} vec_deque::IntoIter<T>, {T: Acyclic} option::IntoIter<T>,
    {T: Acyclic} result::IntoIter<T>, {T: Acyclic} slice::Iter<'_, T>,
    {T: Acyclic} slice::Chunks<'_, T>, {T: Acyclic} slice::ChunksExact<'_, T>,
    {T: Acyclic} slice::RChunks<'_, T>, {T: Acyclic} slice::Windows<'_, T>,
    {K: Acyclic, V: Acyclic} btree_map::IntoIter<K, V>,
    {K: Acyclic, V: Acyclic} btree_map::IntoKeys<K, V>,
    {K: Acyclic, V: Acyclic} btree_map::IntoValues<K, V>,
    {K: Acyclic, V: Acyclic} hash_map::IntoIter<K, V>,
    {K: Acyclic, V: Acyclic} hash_map::IntoKeys<K, V>,
    {K: Acyclic, V: Acyclic} hash_map::IntoValues<K, V>,
}

leaves! { asks: {T: Acyclic} future::Ready<T>, {T} future::Pending<T> }
