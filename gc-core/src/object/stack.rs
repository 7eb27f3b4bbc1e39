//! Where the stack ends: how the library knows that it is deep inside of something.

use core::mem::MaybeUninit;

/// About where the stack ends now. Stacks grow down.
#[inline]
pub(crate) fn stack_address() -> usize {
    let marker = MaybeUninit::<u8>::uninit();
    (&raw const marker).addr()
}
