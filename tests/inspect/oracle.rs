//! The answers of snapshots against brute force, on random heaps.

use std::collections::{BTreeMap, BTreeSet};

use gcycle::inspect::{HeapSnapshot, Path};
use petgraph::algo::{dominators::simple_fast, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::heaps::{Graph, Random, on_empty_heap, random_heap};

const ROUNDS: u64 = if cfg!(miri) { 3 } else { 400 };

/// Calls `check` with snapshots of random heaps.
fn for_random_heaps(check: fn(&HeapSnapshot, &Graph)) {
    for seed in 1..=ROUNDS {
        on_empty_heap(move || {
            let mut random = Random(seed * 0x9E37_79B9);
            let _held = random_heap(&mut random);
            let snapshot = HeapSnapshot::capture();
            check(&snapshot, &Graph::of(&snapshot));
        });
    }
}

#[test]
fn the_retained_size_is_what_is_freed_if_the_object_vanishes() {
    for_random_heaps(|snapshot, graph| {
        let starts = [graph.roots(), graph.garbage_entries()].concat();
        let before = graph.reachable(&starts, None);
        assert!(before.iter().all(|&is_reached| is_reached));
        for (place, object) in snapshot.objects().enumerate() {
            let after = graph.reachable(&starts, Some(place));
            let freed: usize =
                (0..after.len()).filter(|&other| !after[other]).map(|it| graph.bytes[it]).sum();
            assert_eq!(object.retained_size(), freed);
        }
    });
}

#[test]
fn dominators_are_those_that_petgraph_finds() {
    for_random_heaps(|snapshot, graph| {
        let mut theirs = DiGraph::<(), ()>::new();
        let root = theirs.add_node(());
        let nodes: Vec<NodeIndex> = graph.edges.iter().map(|_| theirs.add_node(())).collect();
        for entry in [graph.roots(), graph.garbage_entries()].concat() {
            theirs.add_edge(root, nodes[entry], ());
        }
        for (owner, targets) in graph.edges.iter().enumerate() {
            for &target in targets {
                theirs.add_edge(nodes[owner], nodes[target], ());
            }
        }
        let dominators = simple_fast(&theirs, root);
        let ids: Vec<_> = snapshot.objects().map(gcycle::inspect::ObjectInfo::id).collect();
        for (place, object) in snapshot.objects().enumerate() {
            let expected = dominators.immediate_dominator(nodes[place]).unwrap();
            let expected = (expected != root).then(|| ids[expected.index() - 1]);
            assert_eq!(object.dominator().map(gcycle::inspect::ObjectInfo::id), expected);
        }
    });
}

#[test]
fn the_tree_of_dominators_adds_up_to_the_heap() {
    for_random_heaps(|snapshot, _| {
        let dominators = snapshot.dominators();
        let top: usize = dominators.top().map(gcycle::inspect::ObjectInfo::retained_size).sum();
        assert_eq!(top, snapshot.bytes() + snapshot.owned());
        for object in snapshot.objects() {
            let children = dominators.dominated_by(object);
            let below: usize = children.map(gcycle::inspect::ObjectInfo::retained_size).sum();
            assert_eq!(object.retained_size(), object.bytes() + object.owned() + below);
        }
        let largest = dominators.largest();
        assert_eq!(largest.len(), snapshot.len());
        assert!(largest.is_sorted_by_key(|object| std::cmp::Reverse(object.retained_size())));
    });
}

/// Checks that every edge of the path is one, and that they are linked.
fn assert_real(path: &Path<'_>) {
    assert!(path.root().is_root());
    let mut at = path.root();
    for edge in path.edges() {
        assert_eq!(edge.owner(), at);
        assert!(at.referents().any(|real| {
            real.target() == edge.target() && real.label().to_string() == edge.label().to_string()
        }));
        at = edge.target();
    }
    assert_eq!(at, path.end());
    assert_eq!(path.objects().count(), path.edges().len() + 1);
}

/// The least number of edges from `start` to `end`.
fn distance(graph: &Graph, start: usize, end: usize) -> Option<usize> {
    let mut reached = BTreeSet::from([start]);
    for steps in 0..=graph.edges.len() {
        if reached.contains(&end) {
            return Some(steps);
        }
        let next = reached.iter().flat_map(|&object| graph.edges[object].iter().copied());
        reached.extend(next.collect::<Vec<_>>());
    }
    None
}

#[test]
fn a_path_to_a_root_is_real_and_as_short_as_can_be() {
    for_random_heaps(|snapshot, graph| {
        for (place, object) in snapshot.objects().enumerate() {
            let shortest =
                graph.roots().into_iter().filter_map(|root| distance(graph, root, place)).min();
            let path = snapshot.path_to_root(object);
            assert_eq!(path.as_ref().map(|path| path.edges().len()), shortest);
            assert_eq!(path.is_some(), object.is_reachable());
            if let Some(path) = path {
                assert_real(&path);
                assert_eq!(path.end(), object);
            }
        }
    });
}

#[test]
fn paths_lead_from_every_root_and_the_shortest_comes_first() {
    for_random_heaps(|snapshot, graph| {
        let ids: Vec<_> = snapshot.objects().map(gcycle::inspect::ObjectInfo::id).collect();
        for (place, object) in snapshot.objects().enumerate() {
            let mut expected: BTreeMap<_, usize> = graph
                .roots()
                .into_iter()
                .filter_map(|root| Some((ids[root], distance(graph, root, place)?)))
                .collect();
            let mut last = 0;
            for path in snapshot.paths_to(object) {
                assert_real(&path);
                assert_eq!(path.end(), object);
                assert_eq!(expected.remove(&path.root().id()), Some(path.edges().len()));
                assert!(last <= path.edges().len());
                last = path.edges().len();
            }
            assert!(expected.is_empty(), "a root was forgotten");
        }
    });
}

#[test]
fn cycles_are_the_components_of_more_than_one_object() {
    for_random_heaps(|snapshot, graph| {
        let mut theirs = DiGraph::<(), ()>::new();
        let nodes: Vec<NodeIndex> = graph.edges.iter().map(|_| theirs.add_node(())).collect();
        for (owner, targets) in graph.edges.iter().enumerate() {
            for &target in targets {
                theirs.add_edge(nodes[owner], nodes[target], ());
            }
        }
        let ids: Vec<_> = snapshot.objects().map(gcycle::inspect::ObjectInfo::id).collect();
        let expected: BTreeSet<BTreeSet<_>> = tarjan_scc(&theirs)
            .into_iter()
            .filter(|component| component.len() > 1)
            .map(|component| component.into_iter().map(|node| ids[node.index()]).collect())
            .collect();
        let cycles = snapshot.cycles();
        let found: BTreeSet<BTreeSet<_>> = cycles
            .iter()
            .map(|cycle| cycle.members().iter().map(|member| member.id()).collect())
            .collect();
        assert_eq!(found, expected);
        assert_eq!(cycles.len(), expected.len());
        let live = graph.reachable(&graph.roots(), None);
        for cycle in cycles {
            let place = ids.binary_search(&cycle.members()[0].id()).unwrap();
            assert_eq!(cycle.is_garbage(), !live[place]);
        }
    });
}

#[test]
fn referrers_are_the_edges_seen_from_the_other_side() {
    for_random_heaps(|snapshot, _| {
        let edge = |edge: gcycle::inspect::Edge<'_>| {
            (edge.owner().id(), edge.label().to_string(), edge.target().id())
        };
        let mut forward: Vec<_> =
            snapshot.objects().flat_map(gcycle::inspect::ObjectInfo::referents).map(edge).collect();
        let mut backward: Vec<_> =
            snapshot.objects().flat_map(gcycle::inspect::ObjectInfo::referrers).map(edge).collect();
        forward.sort();
        backward.sort();
        assert_eq!(forward, backward);
        assert_eq!(forward.len(), snapshot.edge_count());
    });
}

#[test]
fn handles_are_inside_or_come_from_outside() {
    for_random_heaps(|snapshot, _| {
        for object in snapshot.objects() {
            let inside = object.referrers().count();
            assert_eq!(inside + object.external_count(), object.ref_count());
        }
    });
}

#[test]
fn what_no_root_reaches_is_what_a_collection_frees() {
    for seed in 1..=ROUNDS {
        on_empty_heap(move || {
            let pause = gcycle::gc::pause();
            let _held = random_heap(&mut Random(seed * 0xC2B2_AE35));
            let snapshot = HeapSnapshot::capture();
            drop(pause);
            assert_eq!(gcycle::gc::collect(), snapshot.unreachable().count());
            let after = HeapSnapshot::capture();
            assert_eq!(after.unreachable().count(), 0);
            let gone: Vec<_> =
                after.diff(&snapshot).gone_objects().map(gcycle::inspect::ObjectInfo::id).collect();
            let garbage: Vec<_> =
                snapshot.unreachable().map(gcycle::inspect::ObjectInfo::id).collect();
            assert_eq!(gone, garbage);
        });
    }
}
