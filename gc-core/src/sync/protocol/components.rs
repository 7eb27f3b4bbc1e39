//! [`Components`]: which members of a graph are connected, by edges in either direction.
//!
//! Garbage is confirmed in parts, so that nobody waits for all of it. A part has whole components:
//! each handle to one of its members lies in another one. It is a union-find forest; a part that is
//! small enough is not taken to pieces.

/// Positions of members, and what connects them.
///
/// # Invariants
///
/// Following the parents from any position ends at one that is its own parent, the root. Positions
/// are of one component, as far as is known, if and only if they have one root.
#[derive(Debug)]
pub(crate) struct Components {
    parents: Vec<u32>,
    /// How often two were connected that were not before.
    joins: usize,
}

impl Components {
    /// So many positions, which nothing connects.
    #[expect(clippy::cast_possible_truncation, reason = "a graph has no more members")]
    pub(crate) fn new(len: usize) -> Components {
        Components { parents: (0..len as u32).collect(), joins: 0 }
    }

    /// Notes that `one` and `other` are connected.
    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.joins += usize::from(one != other);
        // The smaller one stays: what was found first is near the top.
        self.parents[one.max(other) as usize] = one.min(other);
    }

    /// The root, to which the way gets shorter each time.
    fn root(&mut self, mut at: usize) -> u32 {
        loop {
            let parent = self.parents[at];
            let above = self.parents[parent as usize];
            if parent == above {
                return parent;
            }
            self.parents[at] = above;
            at = above as usize;
        }
    }

    /// The `members`, one component after the other, and where the parts of them end. A part
    /// ends where a component does, as soon as it has so many members.
    pub(crate) fn parts(mut self, members: Vec<u32>, least: usize) -> (Vec<u32>, Vec<usize>) {
        const UNSEEN: u32 = u32::MAX;
        if members.len() == self.joins + 1 {
            let end = members.len();
            return (members, vec![end]);
        }
        let mut sizes = vec![0_u32; self.parents.len()];
        for &member in &members {
            sizes[self.root(member as usize) as usize] += 1;
        }
        let mut places = vec![UNSEEN; self.parents.len()];
        let mut ordered = vec![0; members.len()];
        let mut ends = Vec::new();
        let (mut next, mut start) = (0, 0);
        for &member in &members {
            let root = self.root(member as usize) as usize;
            if places[root] == UNSEEN {
                places[root] = next;
                next += sizes[root];
                if (next - start) as usize >= least {
                    ends.push(next as usize);
                    start = next;
                }
            }
            ordered[places[root] as usize] = member;
            places[root] += 1;
        }
        if start < next {
            ends.push(next as usize);
        }
        (ordered, ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_whole_components() {
        let mut components = Components::new(9);
        for (one, other) in [(0, 4), (4, 8), (1, 3), (7, 5), (5, 7), (8, 0)] {
            components.join(one, other);
        }
        let (ordered, ends) = components.parts(vec![0, 1, 3, 4, 5, 7, 8], 3);
        assert_eq!(ordered, [0, 4, 8, 1, 3, 5, 7]);
        assert_eq!(ends, [3, 7]);
    }

    #[test]
    fn a_long_chain_is_one_part() {
        let mut components = Components::new(1000);
        (1..1000).rev().for_each(|at| components.join(at, at - 1));
        let members: Vec<u32> = (0..1000).collect();
        assert_eq!(components.parts(members.clone(), 10), (members, vec![1000]));
    }

    #[test]
    fn nothing_has_no_parts() {
        assert_eq!(Components::new(0).parts(vec![], 3), (vec![], vec![]));
    }
}
