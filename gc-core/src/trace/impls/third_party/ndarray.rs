//! `ndarray` 0.17: arrays of several dimensions.
//!
//! An array that was cut owns the items that it no longer shows; they are not reported. Arrays
//! that share their items with others pass no edges on.

use ndarray_0_17::{ArcArray, Array, Axis, Dimension};

use crate::trace::contract::Acyclic;
use crate::trace::impls::contents::items;

sequences! {
    {T, D: Dimension} Array<T, D> => |this| this => owns items::<T>(this.len()),
}

leaves! { {T: Acyclic, D: Dimension} ArcArray<T, D>, Axis }
