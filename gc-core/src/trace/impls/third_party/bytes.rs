//! `bytes` 1: leaves. An owner given to `Bytes` is `Send`, so owns no `Gc`.

use bytes_1::{Bytes, BytesMut};

leaves! { Bytes, BytesMut }
