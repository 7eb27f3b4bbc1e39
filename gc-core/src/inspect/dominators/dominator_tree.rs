//! What keeps what alive: the dominator tree, and retained sizes.
//!
//! An object *dominates* another if every path from the roots to the other one leads
//! through it: if it vanished, the other would be freed. Each object has one nearest
//! dominator, so these form a tree. The bytes of an object's subtree would be freed with
//! the object: they are its retained size.
//!
//! The tree stands on an imagined object that holds all roots. Garbage that has not been
//! collected yet has no root. It is entered where nothing else leads into it: at each
//! member of the cycles that no other garbage refers to.
//!
//! Most heaps have a shallow tree, which a [search by breadth](breadth_dominators) finds
//! with little extra work. Where that takes too long, [`semi_nca`] finds it in near
//! linear time, whatever the heap.

use alloc::vec::Vec;

use super::{breadth_dominators, semi_nca};
use crate::inspect::graph::heap_graph::{Graph, Rows, narrow};
use crate::inspect::graph::numbering::{NOBODY, Numbering};
use crate::inspect::graph::room::{filled, with_room};

/// The nearest dominators and the retained sizes of all objects.
#[derive(Debug)]
pub(crate) struct DominatorTree {
    /// The nearest dominator; [`NOBODY`] if it is the imagined object.
    dominator: Vec<u32>,
    retained: Vec<usize>,
    garbage_entries: Vec<u32>,
}

/// How many steps the search by breadth may take for each object and each edge.
const STEPS: usize = 8;

impl DominatorTree {
    /// The tree of `graph`.
    pub(crate) fn grow(graph: &Graph) -> DominatorTree {
        let steps = STEPS * (graph.records.len() + graph.edges.entries.len());
        let found = breadth_dominators::find(graph, steps);
        DominatorTree::of(graph, found.unwrap_or_else(|| semi_nca::find(graph)))
    }

    fn of(graph: &Graph, found: Numbering) -> DominatorTree {
        let Numbering { order, dominators, garbage_entries } = found;
        let mut retained = with_room(order.len());
        retained.push(0);
        retained.extend(order.iter().skip(1).map(|&object| graph.bytes_in_all(object)));
        // A dominator is found before everything that it dominates.
        for number in (1..retained.len()).rev() {
            retained[dominators[number] as usize] += retained[number];
        }
        let count = graph.records.len();
        let mut tree = DominatorTree {
            dominator: filled(NOBODY, count),
            retained: filled(0, count),
            garbage_entries,
        };
        for (number, &object) in order.iter().enumerate().skip(1) {
            tree.dominator[object as usize] = order[dominators[number] as usize];
            tree.retained[object as usize] = retained[number];
        }
        tree
    }

    /// The nearest dominator; `None` if only all roots together keep `object` alive.
    pub(crate) fn dominator(&self, object: u32) -> Option<u32> {
        let dominator = self.dominator[object as usize];
        (dominator != NOBODY).then_some(dominator)
    }

    /// The bytes that would be freed if `object` vanished.
    pub(crate) fn retained(&self, object: u32) -> usize {
        self.retained[object as usize]
    }

    /// Where garbage is entered.
    pub(crate) fn garbage_entries(&self) -> &[u32] {
        &self.garbage_entries
    }

    /// What each object dominates directly. The last row is that of the
    /// imagined object.
    pub(crate) fn dominated(&self) -> Rows {
        let count = self.dominator.len();
        let row = |dominator: u32| (dominator as usize).min(count);
        let mut first = alloc::vec![0_u32; count + 2];
        for &dominator in &self.dominator {
            first[row(dominator) + 1] += 1;
        }
        for row in 0..=count {
            first[row + 1] += first[row];
        }
        let mut next = first.clone();
        let mut entries = alloc::vec![0; count];
        for (object, &dominator) in (0..narrow(count)).zip(&self.dominator) {
            let place = &mut next[row(dominator)];
            entries[*place as usize] = object;
            *place += 1;
        }
        Rows { first, entries }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use core::any::TypeId;
    use std::sync::OnceLock;

    use super::*;
    use crate::inspect::graph::heap_graph::{Kind, Place, Record, Traits, TypeRecord};
    use crate::inspect::graph::owned::Owned;
    use crate::inspect::graph::sites::Sites;
    use crate::inspect::graph::switches::Switches;
    use crate::inspect::graph::texts::Texts;
    use crate::object::label::LabelBuilder;

    /// A heap of objects of one byte with these edges, of which `roots` are held
    /// from outside.
    fn graph(edges: &[Vec<u32>], roots: &[u32]) -> Graph {
        let mut strong = alloc::vec![0; edges.len()];
        for &target in edges.iter().flatten().chain(roots) {
            strong[target as usize] += 1;
        }
        let record = |(id, strong)| Record::new(id, strong, 0, Place::Old, Traits::default());
        let lengths = edges.iter().scan(0, |sum, row| {
            *sum += narrow(row.len());
            Some(*sum)
        });
        Graph {
            records: strong.into_iter().enumerate().map(record).collect(),
            edges: Rows {
                first: core::iter::once(0).chain(lengths).collect(),
                entries: edges.concat(),
            },
            edge_labels: Vec::new(),
            labels: LabelBuilder::default().finish(),
            kinds: alloc::vec![Kind { type_index: 0, size: 1, bytes: 1 }],
            types: alloc::vec![TypeRecord { id: TypeId::of::<()>(), name: "()" }],
            owned: Owned::default(),
            texts: Texts::default(),
            names: Texts::default(),
            sites: Sites::default(),
            switches: Switches::default(),
            shared: None,
            external: OnceLock::new(),
        }
    }

    /// What can be reached from `entries` without `missing`.
    fn reached(edges: &[Vec<u32>], entries: &[u32], missing: Option<u32>) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut pending = entries.to_vec();
        while let Some(object) = pending.pop() {
            if Some(object) != missing && found.insert(object) {
                pending.extend(&edges[object as usize]);
            }
        }
        found
    }

    /// Checks the tree against the definition: without an object exactly those
    /// become unreachable that it dominates.
    fn assert_is_tree_of(edges: &[Vec<u32>], roots: &[u32], tree: &DominatorTree) {
        let entries = [roots, &tree.garbage_entries].concat();
        let all = reached(edges, &entries, None);
        assert_eq!(all.len(), edges.len(), "every object is in the tree");
        for object in all {
            let without = reached(edges, &entries, Some(object));
            assert_eq!(tree.retained(object), edges.len() - without.len(), "of {object}");
            for lost in (0..narrow(edges.len())).filter(|other| !without.contains(other)) {
                let mut above = core::iter::successors(Some(lost), |&at| tree.dominator(at));
                assert!(above.any(|at| at == object), "{object} dominates {lost}");
            }
        }
    }

    #[test]
    fn both_ways_find_what_the_definition_says() {
        let mut state = 88_172_645_463_325_252_u64;
        let mut random = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            u32::try_from(state % below).expect("small")
        };
        for _ in 0..if cfg!(miri) { 5 } else { 1500 } {
            let count = 1 + u64::from(random(12));
            let most = 1 + u64::from(random(3));
            let mut edges: Vec<Vec<u32>> = Vec::new();
            for _ in 0..count {
                let degree = random(most + 1);
                edges.push((0..degree).map(|_| random(count)).collect());
            }
            let roots: Vec<u32> = (0..random(3)).map(|_| random(count)).collect();
            let graph = graph(&edges, &roots);
            let by_breadth = breadth_dominators::find(&graph, usize::MAX).expect("no limit");
            assert_is_tree_of(&edges, &roots, &DominatorTree::of(&graph, by_breadth));
            assert_is_tree_of(&edges, &roots, &DominatorTree::of(&graph, semi_nca::find(&graph)));
        }
    }

    /// A list each of whose objects holds one more, which holds that of the next:
    /// the nearest dominator of the last is the first, a whole list away.
    fn comb(teeth: u32) -> Vec<Vec<u32>> {
        let next = |at: u32| (at + 1 < teeth).then_some(at + 1);
        let spine = (0..teeth).map(|at| next(at).into_iter().chain([teeth + at]).collect());
        let tips = (0..teeth).map(|at| next(at).map(|next| teeth + next).into_iter().collect());
        spine.chain(tips).collect()
    }

    #[test]
    fn the_search_by_breadth_gives_up_on_a_comb_and_the_tree_is_right() {
        let small = comb(if cfg!(miri) { 8 } else { 40 });
        let tree = DominatorTree::grow(&graph(&small, &[0]));
        assert_is_tree_of(&small, &[0], &tree);

        let teeth = if cfg!(miri) { 100 } else { 20_000 };
        let large = graph(&comb(teeth), &[0]);
        let steps = STEPS * (large.records.len() + large.edges.entries.len());
        assert!(breadth_dominators::find(&large, steps).is_none());
        let tree = DominatorTree::grow(&large);
        assert_eq!(tree.dominator(2 * teeth - 1), Some(0));
        assert_eq!(tree.retained(0), large.records.len());
    }
}
