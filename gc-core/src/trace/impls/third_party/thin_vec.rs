//! `thin-vec` 0.2: vectors that are one pointer wide.

use thin_vec_0_2::{IntoIter, ThinVec};

sequences! {
    {T} ThinVec<T> => |this| this,
    {T} IntoIter<T> => |this| this.as_slice(),
}
