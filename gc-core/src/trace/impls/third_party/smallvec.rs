//! `smallvec` 1: vectors whose first items live in place.

use smallvec_1::{Array, IntoIter, SmallVec};

sequences! {
    {T, A: Array<Item = T>} SmallVec<A> => |this| this,
    {T, A: Array<Item = T>} IntoIter<A> => |this| this.as_slice(),
}
