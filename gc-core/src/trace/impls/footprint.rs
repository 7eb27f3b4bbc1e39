//! How many bytes the tables and trees of std and of `hashbrown` own, computed from what they
//! tell of themselves.
//!
//! A table is computed exactly, unless entries were removed from it: then it may report a
//! smaller capacity than it has, so that half of its bytes are missed. The nodes of a tree are
//! counted by the addresses of its keys: neighbours lie side by side in a node, and elsewhere in
//! different ones. Of a large tree only the nodes at both ends are counted, and stand for the
//! others: where these are filled otherwise, the error is larger than the few percent that it
//! usually is. Nothing here allocates: it also runs where memory may be short.

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::trace::impls::contents::items;

/// How many control bytes a table reads at once.
const GROUP: usize = if cfg!(target_feature = "sse2") { 16 } else { 8 };

/// The bytes of a hash table with room for `capacity` items of type `T`: its buckets, 7 of 8 of
/// which it fills, and a control byte for each.
pub(super) fn table<T>(capacity: usize) -> usize {
    let buckets = match capacity {
        0 => return 0,
        1..=3 => 4,
        4..=7 => 8,
        _ => (capacity.saturating_mul(8) / 7).checked_next_power_of_two().unwrap_or(usize::MAX),
    };
    let data = items::<T>(buckets).checked_next_multiple_of(GROUP).unwrap_or(usize::MAX);
    data.saturating_add(buckets).saturating_add(GROUP)
}

/// A leaf of a B-tree of std has room for so many entries.
const ENTRIES: usize = 11;

/// A leaf of a B-tree of std, or something of the same size.
#[expect(dead_code, reason = "only its size is of interest")]
struct Leaf<K, V> {
    parent: Option<NonNull<()>>,
    keys: [MaybeUninit<K>; ENTRIES],
    values: [MaybeUninit<V>; ENTRIES],
    place_and_len: [u16; 2],
}

/// A tree of more entries is not looked at as a whole, but half so many entries at each end.
const LOOKED_AT: usize = 1024;

/// The bytes that a B-tree of std with these entries owns, about.
pub(super) fn tree<'a, K: 'a, V: 'a>(
    mut entries: impl ExactSizeIterator<Item = (&'a K, &'a V)> + DoubleEndedIterator,
) -> usize {
    let len = entries.len();
    // A key without a size has no address of its own; its value has one, or there is one entry.
    let address = |(key, value): (&'a K, &'a V)| match size_of::<K>() {
        0 => (&raw const *value).addr(),
        _ => (&raw const *key).addr(),
    };
    let stride = if size_of::<K>() == 0 { size_of::<V>() } else { size_of::<K>() };
    let mut first = Nodes::new(stride);
    if len <= LOOKED_AT {
        entries.for_each(|entry| first.take(address(entry)));
        return bytes::<K, V>(first.leaves(), first.higher());
    }
    let mut last = Nodes::new(stride);
    entries.by_ref().take(LOOKED_AT / 2).for_each(|entry| first.take(address(entry)));
    entries.rev().take(LOOKED_AT / 2).for_each(|entry| last.take(address(entry)));
    // The last leaf that either has seen was not seen in full.
    let seen = first.in_full + last.in_full;
    let leaves = (first.leaves() + last.leaves() - 2).saturating_mul(len) / seen.max(1) + 1;
    // Behind each leaf but the last stands an entry of a higher node.
    let in_leaves = (len - (leaves - 1).min(len)).max(1);
    bytes::<K, V>(leaves, (leaves - 1).saturating_mul(leaves).div_ceil(in_leaves))
}

/// The bytes of so many nodes; those above the leaves refer to their children as well.
fn bytes<K, V>(leaves: usize, higher: usize) -> usize {
    let edges = items::<[usize; ENTRIES + 1]>(higher);
    items::<Leaf<K, V>>(leaves.saturating_add(higher)).saturating_add(edges)
}

/// More levels than a tree of [`LOOKED_AT`] entries has.
const LEVELS: usize = 8;

/// The nodes of a tree, counted in the order of its entries.
///
/// All entries of a leaf come one after the other, then comes one of a higher node, and then
/// the next leaf. So the entries between leaves are those of a tree that has one level less.
struct Nodes {
    levels: [Level; LEVELS],
    /// How far apart the entries of one node are.
    stride: usize,
    taken: usize,
    /// How many were taken when the last leaf began.
    in_full: usize,
}

/// The nodes at one level.
#[derive(Clone, Copy)]
struct Level {
    nodes: usize,
    /// The last entry of the node that entries come from.
    last: Option<usize>,
}

impl Nodes {
    fn new(stride: usize) -> Nodes {
        Nodes { levels: [Level { nodes: 0, last: None }; LEVELS], stride, taken: 0, in_full: 0 }
    }

    /// Takes in the address of the next entry.
    fn take(&mut self, address: usize) {
        for (height, level) in self.levels.iter_mut().enumerate() {
            match level.last.take() {
                Some(last) if address.abs_diff(last) == self.stride => {
                    level.last = Some(address);
                    break;
                }
                // The node ended before: the entry is one of a higher node.
                Some(_) => {}
                None => {
                    level.nodes += 1;
                    level.last = Some(address);
                    if height == 0 {
                        self.in_full = self.taken;
                    }
                    break;
                }
            }
        }
        self.taken += 1;
    }

    fn leaves(&self) -> usize {
        self.levels[0].nodes
    }

    fn higher(&self) -> usize {
        self.levels[1..].iter().map(|level| level.nodes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_any_capacity_has_a_power_of_two_of_buckets() {
        let bytes = |buckets: usize| buckets * 24 + buckets + GROUP;
        for (capacity, buckets) in [(3, 4), (7, 8), (14, 16), (28, 32), (3584, 4096)] {
            assert_eq!(table::<[u64; 3]>(capacity), bytes(buckets), "{capacity}");
        }
        assert_eq!(table::<u64>(0), 0);
        assert_eq!(table::<u8>(3), GROUP + 4 + GROUP, "the control bytes are aligned");
        assert!(table::<u8>(usize::MAX) > usize::MAX / 4);
    }
}
