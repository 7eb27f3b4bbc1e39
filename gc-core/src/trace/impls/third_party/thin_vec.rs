//! `thin-vec` 0.2: vectors that are one pointer wide.

use thin_vec_0_2::{IntoIter, ThinVec};

use crate::trace::impls::contents::items;

sequences! {
    {T} ThinVec<T> => |this| this => owns items::<T>(this.capacity()),
    {T} IntoIter<T> => |this| this.as_slice(),
}
