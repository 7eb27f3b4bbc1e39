//! The second half of trial deletion, on plain arrays.
//!
//! After the edges inside the set were subtracted, an object whose count is not
//! zero is held from outside. What such objects reach is alive; the rest is
//! unreachable: every handle to it is owned by another unreachable object.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// Raises the count of what is reachable from outside the set above 0; what keeps
/// the count 0 is unreachable. Returns the number of those.
///
/// The edges of object `i` are `edges[first_edge[i]..first_edge[i + 1]]`; one to
/// an index that no object has leads out of the set. Iterative: the depth of the
/// graph costs no stack. It ends as soon as no object with the count 0 is left.
/// `pending` is memory to work in, and what is in it means nothing.
///
/// One sweep over the arrays, in their order: breadth first, most edges lead to what
/// still lies ahead, and is met there. What lies behind is looked at at once.
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
    // Each of them is pending at most once; one place more is written to in vain.
    let room = unreached + 1;
    if pending.len() < room {
        pending.try_reserve(room - pending.len())?;
        pending.resize(room, 0);
    }
    let mut waiting = 0;
    let first_edge = &first_edge[..=refs.len()];
    let mut next = 0;
    while unreached > 0
        && let Some(held) = first_held(refs, next)
    {
        next = held + 1;
        let mut object = held;
        loop {
            let targets = first_edge[object] as usize..first_edge[object + 1] as usize;
            for &target in &edges[targets] {
                if let Some(refs) = refs.get_mut(target as usize) {
                    // Whether it is met for the first time cannot be foretold: no branches.
                    let is_new = *refs == 0;
                    *refs |= u32::from(is_new);
                    unreached -= usize::from(is_new);
                    pending[waiting] = target;
                    waiting += usize::from(is_new && target as usize <= held);
                }
            }
            if waiting == 0 || unreached == 0 {
                break;
            }
            waiting -= 1;
            object = pending[waiting] as usize;
        }
    }
    Ok(unreached)
}

/// The first object from number `from` on that is held, from outside or by what was
/// found reachable.
#[inline]
fn first_held(refs: &[u32], mut from: usize) -> Option<usize> {
    /// So many counts are a few vector instructions.
    const CHUNK: usize = 16;
    if *refs.get(from)? != 0 {
        return Some(from);
    }
    while let Some(chunk) = refs.get(from..from + CHUNK)
        && chunk.iter().fold(0, |all, refs| all | refs) == 0
    {
        from += CHUNK;
    }
    let held = refs[from..].iter().position(|&refs| refs != 0)?;
    Some(from + held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::generation::narrow;
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

    /// What a search by the book reaches.
    fn searched(external: &[u32], edges: &[(u32, u32)]) -> Vec<bool> {
        let mut is_reached: Vec<bool> = external.iter().map(|&count| count > 0).collect();
        let mut is_changed = true;
        while is_changed {
            is_changed = false;
            for &(owner, target) in edges {
                let target = target as usize;
                if target < external.len() && is_reached[owner as usize] && !is_reached[target] {
                    is_reached[target] = true;
                    is_changed = true;
                }
            }
        }
        is_reached
    }

    #[test]
    fn every_graph_of_three_objects_is_decided_as_a_search_decides_it() {
        let pairs: Vec<(u32, u32)> =
            (0..3).flat_map(|owner| (0..3).map(move |target| (owner, target))).collect();
        // Under Miri only some of them.
        let step = if cfg!(miri) { 101 } else { 1 };
        for graph in (0..1_u32 << pairs.len()).step_by(step) {
            let has = |bit: usize| graph >> bit & 1 != 0;
            let edges: Vec<_> = (0..pairs.len()).filter(|&b| has(b)).map(|b| pairs[b]).collect();
            for held in 0..1_u32 << 3 {
                let external = [held & 1, held >> 1 & 1, held >> 2 & 1];
                let expected = searched(&external, &edges);
                assert_eq!(reachable(&external, &edges), expected, "{external:?} {edges:?}");
            }
        }
    }

    #[test]
    fn random_graphs_are_decided_as_a_search_decides_them() {
        let mut state = 12345_u32;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % limit
        };
        for _ in 0..if cfg!(miri) { 3 } else { 2000 } {
            let count = 1 + below(60);
            let external: Vec<u32> = (0..count).map(|_| below(8).saturating_sub(6)).collect();
            // Some lead out of the set.
            let edges: Vec<(u32, u32)> =
                (0..below(2 * count)).map(|_| (below(count), below(count + 3))).collect();
            assert_eq!(reachable(&external, &edges), searched(&external, &edges));
        }
    }

    #[test]
    fn what_is_held_is_found_wherever_it_is_in_a_large_set() {
        let step = if cfg!(miri) { 7 } else { 1 };
        for count in [15, 16, 17, 33, 48] {
            for held in (0..count).step_by(step) {
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
