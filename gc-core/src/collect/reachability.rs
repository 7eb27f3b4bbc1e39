//! The second half of trial deletion, on plain arrays.
//!
//! After the edges inside the set were subtracted, an object whose count is not
//! zero is held from outside. What such objects reach is alive; the rest is
//! unreachable: every handle to it is owned by another unreachable object.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use crate::generation::narrow;

/// The count of an object that was found reachable.
pub(crate) const REACHABLE: u32 = u32::MAX;

/// Raises the count of what is reachable from outside the set to
/// [`REACHABLE`], or leaves it above 0; what keeps the count 0 is unreachable.
/// Returns the number of those.
///
/// The edges of object `i` are `edges[first_edge[i]..first_edge[i + 1]]`; one to
/// an index that no object has leads out of the set. Iterative: the depth of the
/// graph costs no stack. It ends as soon as no object with the count 0 is left.
/// `pending` is memory to work in.
pub(crate) fn propagate_liveness(
    refs: &mut [u32],
    first_edge: &[u32],
    edges: &[u32],
    pending: &mut Vec<u32>,
) -> Result<usize, TryReserveError> {
    let mut unreached = refs.iter().filter(|&&refs| refs == 0).count();
    if unreached == 0 {
        return Ok(0);
    }
    pending.clear();
    // Each object is pending at most once.
    pending.try_reserve(refs.len())?;
    let first_edge = &first_edge[..=refs.len()];
    let mut next = 0;
    while let Some(start) = first_held(refs, next) {
        next = start + 1;
        refs[start] = REACHABLE;
        pending.push(narrow(start));
        while let Some(object) = pending.pop() {
            let object = object as usize;
            let targets = first_edge[object] as usize..first_edge[object + 1] as usize;
            for &target in &edges[targets] {
                let Some(refs) = refs.get_mut(target as usize) else { continue };
                if *refs != REACHABLE {
                    unreached -= usize::from(*refs == 0);
                    *refs = REACHABLE;
                    pending.push(target);
                }
            }
            if unreached == 0 {
                return Ok(0);
            }
        }
    }
    Ok(unreached)
}

/// The first object from number `from` on that is held from outside, and was not
/// found reachable before.
#[inline]
fn first_held(refs: &[u32], mut from: usize) -> Option<usize> {
    /// So many counts are a few vector instructions.
    const CHUNK: usize = 16;
    while let Some(chunk) = refs.get(from..from + CHUNK)
        && chunk.iter().fold(0, |all, refs| all | refs) == 0
    {
        from += CHUNK;
    }
    let held = refs[from..].iter().position(|&refs| refs != 0 && refs != REACHABLE)?;
    Some(from + held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// Runs the pass on counts of external handles and a list of edges.
    fn reachable(external: &[u32], edges: &[(u32, u32)]) -> Vec<bool> {
        let mut refs = external.to_vec();
        let mut first_edge = vec![0];
        let mut targets = Vec::new();
        for owner in 0..narrow(external.len()) {
            targets.extend(edges.iter().filter(|edge| edge.0 == owner).map(|edge| edge.1));
            first_edge.push(narrow(targets.len()));
        }
        propagate_liveness(&mut refs, &first_edge, &targets, &mut Vec::new()).unwrap();
        refs.iter().map(|&refs| refs != 0).collect()
    }

    #[test]
    fn a_ring_without_external_handles_is_unreachable() {
        assert_eq!(reachable(&[0, 0], &[(0, 1), (1, 0)]), [false, false]);
    }

    #[test]
    fn what_a_held_object_reaches_is_reachable() {
        let edges = [(0, 1), (1, 2), (2, 0), (3, 0), (3, 4)];
        assert_eq!(reachable(&[0, 1, 0, 0, 0], &edges), [true, true, true, false, false]);
    }

    #[test]
    fn edges_that_lead_out_of_the_set_reach_nothing() {
        assert_eq!(reachable(&[1, 0], &[(0, u32::MAX), (1, 0)]), [true, false]);
    }

    #[test]
    fn objects_found_late_reach_objects_passed_early() {
        assert_eq!(reachable(&[0, 0, 1], &[(2, 1), (1, 0)]), [true, true, true]);
    }

    #[test]
    fn what_is_held_is_found_wherever_it_is_in_a_large_set() {
        for count in [15, 16, 17, 33, 48] {
            for held in 0..count {
                let mut external = vec![0; count];
                external[held] = 1;
                let last = narrow(count) - 1;
                // From what is held to the last, from there to the first.
                let edges = [(narrow(held), last), (last, 0)];
                let expected: Vec<bool> =
                    (0..count).map(|index| [held, count - 1, 0].contains(&index)).collect();
                assert_eq!(reachable(&external, &edges), expected, "{held} of {count}");
            }
        }
    }
}
