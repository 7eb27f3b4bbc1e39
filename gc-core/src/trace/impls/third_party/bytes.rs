//! `bytes` 1: leaves. An owner given to `Bytes` is `Send`, so owns no `Gc`.
//!
//! Nobody can tell how many share the memory of a `Bytes`: each counts what it shows.

use bytes_1::{Bytes, BytesMut};

leaves! {
    owners:
    {} Bytes => owns |this| this.len(),
    {} BytesMut => owns |this| this.capacity(),
}
