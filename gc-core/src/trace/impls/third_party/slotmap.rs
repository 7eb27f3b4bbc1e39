//! `slotmap` 1: maps that hand out their keys.
//!
//! Keys are `Copy`, so they own no `Gc`. To visit the values, `slotmap` turns
//! its own numbers into keys; `Key` is an unsafe trait for which such a
//! conversion may do nothing else.

use core::hash::BuildHasher;
use slotmap_1::{
    DefaultKey, DenseSlotMap, Key, KeyData, SecondaryMap, SlotMap, SparseSecondaryMap,
};

sequences! {
    {K: Key, T} SlotMap<K, T> => |this| this.values(),
    {K: Key, T} DenseSlotMap<K, T> => |this| this.values(),
    {K: Key, T} SecondaryMap<K, T> => |this| this.values(),
    {K: Key, T, S: BuildHasher} SparseSecondaryMap<K, T, S> => |this| this.values(),
}

leaves! { DefaultKey, KeyData }
