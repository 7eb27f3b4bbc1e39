//! `arrayvec` 0.7: vectors and strings that live in place.

use arrayvec_0_7::{ArrayString, ArrayVec, CapacityError, IntoIter};

sequences! {
    {T, const N: usize} ArrayVec<T, N> => |this| this,
    {T, const N: usize} IntoIter<T, N> => |this| this.as_slice(),
}

leaves! { {const N: usize} ArrayString<N>, CapacityError }
