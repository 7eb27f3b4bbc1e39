//! What makes values large or aligned.

use super::Id;

/// What makes a value large or aligned; its bytes tell whether anyone wrote
/// over them.
pub(crate) trait Payload: 'static {
    /// The payload of object `id`.
    fn make(id: Id) -> Self;
    /// Whether it is still as it was made.
    fn is_intact(&self, id: Id) -> bool;
    /// Whether the collector may drop a value with it while it takes a snapshot: all
    /// that its drop does is to write down that it was dropped.
    const DROPS_QUIETLY: bool = false;
}

impl Payload for () {
    const DROPS_QUIETLY: bool = true;

    fn make(_: Id) {}

    fn is_intact(&self, _: Id) -> bool {
        true
    }
}

/// As `()`, for values whose drop may panic.
pub(crate) struct Loud;

impl Payload for Loud {
    fn make(_: Id) -> Loud {
        Loud
    }

    fn is_intact(&self, _: Id) -> bool {
        true
    }
}

impl<const N: usize> Payload for [u8; N] {
    fn make(id: Id) -> Self {
        [id.to_le_bytes()[0] ^ 0x5A; N]
    }

    fn is_intact(&self, id: Id) -> bool {
        let expected = id.to_le_bytes()[0] ^ 0x5A;
        self.iter().all(|&byte| byte == expected)
    }
}

macro_rules! aligned {
    ($($name:ident: $align:literal, $size:literal;)*) => {$(
        #[repr(align($align))]
        pub(crate) struct $name([u8; $size]);

        impl Payload for $name {
            fn make(id: Id) -> Self {
                $name(Payload::make(id))
            }

            fn is_intact(&self, id: Id) -> bool {
                let address = (&raw const *self).addr();
                address % $align == 0 && self.0.is_intact(id)
            }
        }
    )*};
}

aligned! {
    To64: 64, 64;
    To4K: 4096, 30_000;
}
