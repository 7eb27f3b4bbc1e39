//! `slotmap` 1: maps that hand out their keys.
//!
//! Keys are `Copy`, so they own no `Gc`. To visit the values, `slotmap` turns
//! its own numbers into keys; `Key` is an unsafe trait for which such a
//! conversion may do nothing else.

use core::hash::BuildHasher;
use slotmap_1::{
    DefaultKey, DenseSlotMap, Key, KeyData, SecondaryMap, SlotMap, SparseSecondaryMap,
};

use crate::trace::impls::contents::items;

sequences! {
    {K: Key, T} SlotMap<K, T> => |this| this.values() => owns items::<(T, u32)>(this.capacity()),
    {K: Key, T} DenseSlotMap<K, T> =>
        |this| this.values() => owns items::<(K, T, [u32; 2])>(this.capacity()),
    {K: Key, T} SecondaryMap<K, T> =>
        |this| this.values() => owns items::<(T, u32)>(this.capacity()),
    {K: Key, T, S: BuildHasher} SparseSecondaryMap<K, T, S> =>
        |this| this.values() => owns items::<(K, T, u8)>(this.capacity()),
}

leaves! { DefaultKey, KeyData }
