//! `smallvec` 1: vectors whose first items live in place.

use smallvec_1::{Array, IntoIter, SmallVec};

use crate::trace::impls::contents::items;

sequences! {
    {T, A: Array<Item = T>} SmallVec<A> => |this| this
        => owns if this.spilled() { items::<T>(this.capacity()) } else { 0 },
    {T, A: Array<Item = T>} IntoIter<A> => |this| this.as_slice(),
}
