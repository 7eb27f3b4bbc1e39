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
) -> Result<(), TryReserveError> {
    let mut unreached = refs.iter().filter(|&&refs| refs == 0).count();
    if unreached == 0 {
        return Ok(());
    }
    pending.clear();
    // Each object is pending at most once.
    pending.try_reserve(refs.len())?;
    let first_edge = &first_edge[..=refs.len()];
    for start in 0..refs.len() {
        if refs[start] == 0 || refs[start] == REACHABLE {
            continue;
        }
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
                return Ok(());
            }
        }
    }
    Ok(())
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
}
