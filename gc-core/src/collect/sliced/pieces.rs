//! Long lists that grow a piece at a time, so that no element moves when there is no room: to
//! copy what a million objects need takes as long as many slices.

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Range;

/// A piece has 2 to the power of this many elements.
const BITS: u32 = if cfg!(any(test, gc_zeal)) { 5 } else { 15 };

/// The elements of a piece.
pub(super) const PIECE: usize = 1 << BITS;

const fn piece_of(index: usize) -> usize {
    index >> BITS
}

const fn place_of(index: usize) -> usize {
    index & (PIECE - 1)
}

/// A list in pieces.
///
/// # Invariants
///
/// The first `len` elements of the pieces, one piece after the other, are those of the list.
#[derive(Debug)]
pub(super) struct Pieces<T> {
    pieces: Vec<Box<[T; PIECE]>>,
    len: usize,
}

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Pieces::new()
    }
}

impl<T> Pieces<T> {
    /// No elements and no memory.
    pub(super) const fn new() -> Pieces<T> {
        Pieces { pieces: Vec::new(), len: 0 }
    }
}

impl<T: Copy> Pieces<T> {
    /// How many elements there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many there is room for.
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.pieces.len() << BITS
    }

    /// Makes room for so many more elements; new places hold `filler`.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize, filler: T) -> Result<(), TryReserveError> {
        if self.capacity() - self.len < more {
            self.grow(more, filler)?;
        }
        Ok(())
    }

    #[cold]
    fn grow(&mut self, more: usize, filler: T) -> Result<(), TryReserveError> {
        while self.capacity() - self.len < more {
            let mut piece = Vec::new();
            piece.try_reserve_exact(PIECE)?;
            piece.resize(PIECE, filler);
            self.pieces.try_reserve(1)?;
            let piece = piece.into_boxed_slice();
            self.pieces.push(piece.try_into().ok().expect("it has the length of a piece"));
        }
        Ok(())
    }

    /// Appends an element; room was reserved.
    #[inline]
    pub(super) fn push(&mut self, element: T) {
        self.pieces[piece_of(self.len)][place_of(self.len)] = element;
        self.len += 1;
    }

    /// Element `index`, which there is.
    #[inline]
    pub(super) fn at(&self, index: usize) -> T {
        debug_assert!(index < self.len);
        self.pieces[piece_of(index)][place_of(index)]
    }

    /// Element `index`, if there is one.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<T> {
        (index < self.len).then(|| self.at(index))
    }

    /// As many of the elements of `range` as are in one piece, from the first on.
    #[inline]
    pub(super) fn first_of(&self, range: Range<usize>) -> &[T] {
        debug_assert!(range.end <= self.len);
        if range.is_empty() {
            return &[];
        }
        let place = place_of(range.start);
        let count = range.len().min(PIECE - place);
        &self.pieces[piece_of(range.start)][place..place + count]
    }

    /// The elements of `range`, in as many slices as the pieces make of it.
    #[cfg(test)]
    fn slices(&self, mut range: Range<usize>) -> impl Iterator<Item = &[T]> {
        core::iter::from_fn(move || {
            let slice = self.first_of(range.clone());
            range.start += slice.len();
            (!slice.is_empty()).then_some(slice)
        })
    }

    /// Appends so many elements behind each other, at most [`PIECE`], and returns them to be
    /// written. If they do not fit into what is left of a piece, that is filled with `filler`,
    /// which counts as elements as well.
    #[inline]
    pub(super) fn append(&mut self, count: usize, filler: T) -> Result<&mut [T], TryReserveError> {
        let left = PIECE - place_of(self.len);
        let skipped = if count > left { left } else { 0 };
        self.reserve(skipped + count, filler)?;
        for _ in 0..skipped {
            self.push(filler);
        }
        let start = self.len;
        self.len += count;
        let Some(piece) = self.pieces.get_mut(piece_of(start)) else { return Ok(&mut []) };
        Ok(&mut piece[place_of(start)..place_of(start) + count])
    }

    /// Forgets the elements from `start` on and keeps the memory.
    pub(super) fn truncate(&mut self, start: usize) {
        self.len = self.len.min(start);
    }

    /// Gives so many pieces of an empty list back. Returns whether there are no more.
    pub(super) fn give_back(&mut self, pieces: usize) -> bool {
        debug_assert_eq!(self.len, 0);
        self.pieces.truncate(self.pieces.len().saturating_sub(pieces));
        self.pieces.is_empty()
    }

    /// Forgets the elements and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(len: usize) -> Pieces<usize> {
        let mut list = Pieces::default();
        list.reserve(len, usize::MAX).unwrap();
        (0..len).for_each(|element| list.push(element));
        list
    }

    #[test]
    fn a_list_in_pieces_has_the_elements_that_were_appended() {
        let len = 3 * PIECE + 5;
        let mut list = list(len);
        assert_eq!((list.len(), list.get(len), list.get(len - 1)), (len, None, Some(len - 1)));
        for range in [0..0, 0..len, 3..PIECE, PIECE - 1..PIECE + 1, len - 1..len] {
            let found: Vec<usize> = list.slices(range.clone()).flatten().copied().collect();
            assert_eq!(found, range.collect::<Vec<_>>());
        }
        list.truncate(PIECE + 1);
        assert_eq!(
            (list.len(), list.get(PIECE), list.get(PIECE + 1)),
            (PIECE + 1, Some(PIECE), None)
        );
        list.clear();
        assert_eq!((list.len(), list.get(0), list.capacity()), (0, None, 4 * PIECE));
    }

    #[test]
    fn elements_that_are_appended_together_are_in_one_piece() {
        let mut list = list(PIECE - 2);
        list.append(3, usize::MAX).unwrap().copy_from_slice(&[1, 2, 3]);
        let found: Vec<usize> = list.slices(PIECE - 2..list.len()).flatten().copied().collect();
        assert_eq!(found, [usize::MAX, usize::MAX, 1, 2, 3]);
        assert!(list.append(0, 0).unwrap().is_empty());
        assert_eq!(list.append(PIECE - 3, 9).unwrap().len(), PIECE - 3);
        assert_eq!(list.len(), 2 * PIECE);
        assert!(list.append(0, 0).unwrap().is_empty());
        assert_eq!(list.append(PIECE, 5).unwrap(), [5; PIECE]);
        assert_eq!(list.len(), 3 * PIECE);
    }
}
