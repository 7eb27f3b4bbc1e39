//! Memory for arrays as long as the heap.
//!
//! A snapshot of a million objects fills tens of megabytes that were never used before,
//! and getting them from the system page by page takes longer than filling them. So this
//! asks for large pages, which Linux gives on request.

use alloc::vec::Vec;

/// A vector without items and with room for `capacity` of them.
pub(crate) fn with_room<T>(capacity: usize) -> Vec<T> {
    let vector = Vec::with_capacity(capacity);
    prefer_large_pages(&vector);
    vector
}

/// A vector of `len` times `item`.
pub(crate) fn filled<T: Clone>(item: T, len: usize) -> Vec<T> {
    let mut vector = with_room(len);
    vector.resize(len, item);
    vector
}

/// Asks for large pages where the room of `vector` is not in memory yet.
#[cfg(all(target_os = "linux", not(miri)))]
fn prefer_large_pages<T>(vector: &Vec<T>) {
    /// The usual size of a large page; other sizes only make this useless.
    const LARGE_PAGE: usize = 2 << 20;
    let start = vector.as_ptr().cast::<u8>();
    let bytes = vector.capacity() * size_of::<T>();
    let before = start.addr().next_multiple_of(LARGE_PAGE) - start.addr();
    let len = bytes.saturating_sub(before) / LARGE_PAGE * LARGE_PAGE;
    if len > 0 {
        let first = start.wrapping_add(before).cast_mut().cast();
        // SAFETY: advice changes no contents; the pages lie in the vector's room, in
        // whole. If it is not taken, all is as it was.
        unsafe { libc::madvise(first, len, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn prefer_large_pages<T>(_: &Vec<T>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_there_whatever_its_size() {
        let large = if cfg!(miri) { 50_000 } else { 3 << 20 };
        for len in [0, 1, 5000, large] {
            let vector = filled(7_u32, len);
            assert_eq!((vector.len(), vector.last().copied()), (len, (len > 0).then_some(7)));
            assert!(with_room::<u64>(len).capacity() >= len);
        }
    }
}
