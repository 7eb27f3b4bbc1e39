//! Hashing of objects by their address.

use core::hash::{BuildHasherDefault, Hasher};

/// Hashes objects by their address.
pub(crate) type ByAddress = BuildHasherDefault<AddressHasher>;

/// Spreads an address over all bits. Addresses are no secret and cannot be
/// chosen, so this needs no more than one multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
        let product = u128::from(self.0 ^ address as u64).wrapping_mul(SPREAD);
        self.0 = (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
