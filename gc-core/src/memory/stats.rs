//! The statistics that the heap reports. Plain data.

/// The memory of this thread's heap, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStats {
    /// Bytes of the slots in use, including headers and rounding. Memory that the values
    /// own elsewhere, such as the elements of a `Vec`, is not counted.
    pub live_bytes: usize,
    /// Bytes obtained from the global allocator and not yet returned to it.
    pub reserved_bytes: usize,
    /// The largest value that `reserved_bytes` has had.
    pub peak_bytes: usize,
    /// Objects alive, tracked or not. An object whose value is gone still counts while
    /// weak handles refer to it.
    pub objects: usize,
    /// Those of them that the collector examines, permanent ones included: objects of types
    /// that can be part of a cycle. [`get_objects`](crate::gc::get_objects) returns handles to
    /// them; this is their number alone.
    pub tracked: usize,
}
