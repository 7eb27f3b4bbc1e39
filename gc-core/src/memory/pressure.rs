//! [`Pressure`]: memory that only the program knows of.

use core::marker::PhantomData;

use crate::memory::heap::Heap;

/// Tells the collector of memory that the program holds elsewhere, as long as the guard lives;
/// see [`add_pressure`](crate::gc::add_pressure).
#[derive(Debug)]
pub struct Pressure {
    bytes: usize,
    of_this_thread: PhantomData<*const ()>,
}

impl Pressure {
    /// Counts `bytes` until it is dropped.
    pub(crate) fn new(bytes: usize) -> Pressure {
        Heap::current().add_external(bytes);
        Pressure { bytes, of_this_thread: PhantomData }
    }

    /// The bytes that are counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Changes the bytes that are counted.
    pub fn set_bytes(&mut self, bytes: usize) {
        let heap = Heap::current();
        heap.subtract_external(self.bytes);
        heap.add_external(bytes);
        self.bytes = bytes;
    }
}

impl Drop for Pressure {
    fn drop(&mut self) {
        Heap::current().subtract_external(self.bytes);
    }
}
