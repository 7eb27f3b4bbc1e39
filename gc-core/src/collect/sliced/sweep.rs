//! What is alive, found a part at a time.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::lists::Lists;

/// [`propagate_liveness`](crate::collect::reachability::propagate_liveness) in slices, on counts
/// that may be out of date: any but 0 holds.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// What lies before is looked at, or waits.
    next: usize,
    /// So many at the start of the list of those that are pending wait.
    waiting: usize,
}

impl Sweep {
    /// Goes on for about so many steps, one for each entry and each edge; returns how many are
    /// left if it came to the end. Not inlined: the loop needs its registers.
    #[inline(never)]
    pub(super) fn advance(
        &mut self,
        lists: &mut Lists,
        steps: usize,
    ) -> Result<Option<usize>, TryReserveError> {
        let Lists { refs, first_edge, edges, pending, .. } = lists;
        let (refs, first_edge) = (&mut refs[..], &first_edge[..]);
        let Sweep { mut next, mut waiting } = *self;
        let mut left = steps;
        while left > 0 {
            let entry = if waiting > 0 {
                waiting -= 1;
                pending[waiting] as usize
            } else if let Some(held) = first_held(refs, next, left) {
                left = left.saturating_sub(held - next);
                next = held + 1;
                held
            } else {
                let end = refs.len().min(next.saturating_add(left));
                left -= end - next;
                *self = Sweep { next: end, waiting };
                return Ok((end == refs.len()).then_some(left));
            };
            let mut targets = first_edge[entry] as usize..first_edge[entry + 1] as usize;
            left = left.saturating_sub(1 + targets.len());
            make_room(pending, waiting + targets.len())?;
            while !targets.is_empty() {
                let in_piece = edges.first_of(targets.clone());
                targets.start += in_piece.len();
                for &target in in_piece {
                    if let Some(refs) = refs.get_mut(target as usize) {
                        // Whether it is met for the first time cannot be foretold: no branches.
                        let is_new = *refs == 0;
                        *refs |= u32::from(is_new);
                        pending[waiting] = target;
                        waiting += usize::from(is_new && (target as usize) < next);
                    }
                }
            }
        }
        *self = Sweep { next, waiting };
        Ok(None)
    }
}

/// The first entry from number `from` on that is held, among so many.
#[inline]
fn first_held(refs: &[u32], from: usize, most: usize) -> Option<usize> {
    if *refs.get(from)? != 0 {
        return Some(from);
    }
    let refs = &refs[from..];
    let held = refs[..refs.len().min(most)].iter().position(|&refs| refs != 0)?;
    Some(from + held)
}

/// Makes room for so many that wait.
#[inline]
fn make_room(pending: &mut Vec<u32>, needed: usize) -> Result<(), TryReserveError> {
    /// So many at least.
    const MORE: usize = 1024;
    if pending.len() < needed {
        pending.try_reserve(needed + MORE - pending.len())?;
        pending.resize(needed + MORE, 0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::generation::narrow;

    #[test]
    fn a_sweep_in_slices_of_any_size_reaches_what_a_sweep_in_one_go_reaches() {
        let edges = [(5, 1), (1, 4), (4, 0), (6, 7), (0, 2)];
        for steps in 1..20 {
            let mut lists = Lists::default();
            lists.start();
            lists.reserve(8).unwrap();
            lists.refs.extend([0, 0, 0, 0, 0, 2, 0, u32::MAX]);
            lists.edges.reserve(edges.len(), 0).unwrap();
            for owner in 0..8 {
                let targets = edges.iter().filter(|edge| edge.0 == owner);
                targets.for_each(|edge| lists.edges.push(edge.1));
                lists.first_edge.push(narrow(lists.edges.len()));
            }
            let mut sweep = Sweep::default();
            while sweep.advance(&mut lists, steps).unwrap().is_none() {}
            let reached: Vec<bool> = lists.refs.iter().map(|&refs| refs != 0).collect();
            assert_eq!(reached, [true, true, true, false, true, true, false, true], "{steps}");
        }
    }
}
