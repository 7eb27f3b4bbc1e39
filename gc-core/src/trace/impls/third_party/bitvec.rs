//! `bitvec` 1: leaves.

use bitvec_1::array::BitArray;
use bitvec_1::boxed::BitBox;
use bitvec_1::order::{BitOrder, Lsb0, Msb0};
use bitvec_1::store::BitStore;
use bitvec_1::vec::BitVec;
use bitvec_1::view::BitViewSized;

leaves! {
    owners:
    {T: BitStore, O: BitOrder} BitVec<T, O> => owns |this| this.capacity() / 8,
    {T: BitStore, O: BitOrder} BitBox<T, O> => owns |this| this.len() / 8,
}

leaves! { {A: BitViewSized, O: BitOrder} BitArray<A, O>, Lsb0, Msb0 }
