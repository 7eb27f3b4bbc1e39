//! What the heap reports about itself. Plain data.

/// The memory of this thread's heap, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStats {
    /// Bytes of the slots in use, headers and rounding included. What the
    /// values own elsewhere, such as the elements of a `Vec`, is not counted.
    pub live_bytes: usize,
    /// Bytes obtained from the global allocator and not given back.
    pub reserved_bytes: usize,
    /// The largest that `reserved_bytes` ever was.
    pub peak_bytes: usize,
    /// Objects alive, tracked or not. Values that are gone but are still
    /// referred to by weak handles count.
    pub objects: usize,
}
