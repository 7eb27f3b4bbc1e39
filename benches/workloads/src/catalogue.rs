//! Which workload can run on which library.

use crate::families::{allocation, ends, graphs, lists, live, programs, rings, space, trees, weak};
use crate::libraries::{
    bacon_rajan::BaconRajan, boa::Boa, dumpster::Dumpster, gc_arena, gcmodule::Gcmodule,
    gcycle::Gcycle, jrsonnet::Jrsonnet, rc::Strong, rc_weak::WeakBack, rust_cc::RustCc,
    rust_gc::RustGc, typed_arena,
};
use crate::library::{Backlinks, Objects, Runtime, Watched, Weaks};
use crate::meter::{Meter, Named};

/// One workload on one library.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The library's name.
    pub library: &'static str,
    /// The workload's name.
    pub workload: &'static str,
    /// Runs it.
    pub run: fn(&mut Meter),
}

/// What a process builds before it ends.
#[derive(Clone, Copy, Debug)]
pub struct Builder {
    /// The library's name.
    pub library: &'static str,
    /// Builds so many objects, and leaves them alive.
    pub build: fn(usize),
}

/// The builders of all libraries that run the workload `exit`.
#[must_use]
pub fn builders() -> Vec<Builder> {
    vec![
        builder::<Gcycle>(),
        builder::<Strong>(),
        builder::<Gcmodule>(),
        builder::<Jrsonnet>(),
        builder::<RustCc>(),
        builder::<Dumpster>(),
        builder::<BaconRajan>(),
        builder::<RustGc>(),
        builder::<Boa>(),
    ]
}

fn builder<L: Objects>() -> Builder {
    Builder { library: L::NAME, build: ends::build::<L> }
}

/// All pairs.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    everything::<Gcycle>(&mut cases);
    watched::<Gcycle>(&mut cases);
    everything::<Strong>(&mut cases);
    backlinks::<WeakBack>(&mut cases);
    objects::<Gcmodule>(&mut cases);
    everything::<Jrsonnet>(&mut cases);
    objects::<RustCc>(&mut cases);
    objects::<Dumpster>(&mut cases);
    everything::<BaconRajan>(&mut cases);
    objects::<RustGc>(&mut cases);
    everything::<Boa>(&mut cases);
    backlinks::<Gcmodule>(&mut cases);
    backlinks::<RustCc>(&mut cases);
    backlinks::<Dumpster>(&mut cases);
    backlinks::<RustGc>(&mut cases);
    add(&mut cases, gc_arena::GcArena::NAME, gc_arena::WORKLOADS);
    add(&mut cases, typed_arena::TypedArena::NAME, typed_arena::WORKLOADS);
    cases
}

fn everything<L: Objects + Backlinks + Weaks>(cases: &mut Vec<Case>) {
    objects::<L>(cases);
    backlinks::<L>(cases);
    weaks::<L>(cases);
}

fn add(cases: &mut Vec<Case>, library: &'static str, workloads: &[Named]) {
    cases.extend(workloads.iter().map(|&(workload, run)| Case { library, workload, run }));
}

fn objects<L: Objects>(cases: &mut Vec<Case>) {
    add(
        cases,
        L::NAME,
        &[
            ("new_drop_leaf_8", allocation::new_drop_leaf::<L, 1>),
            ("new_drop_leaf_16", allocation::new_drop_leaf::<L, 2>),
            ("new_drop_leaf_32", allocation::new_drop_leaf::<L, 4>),
            ("new_drop_leaf_64", allocation::new_drop_leaf::<L, 8>),
            ("new_drop_leaf_128", allocation::new_drop_leaf::<L, 16>),
            ("new_drop_leaf_256", allocation::new_drop_leaf::<L, 32>),
            ("new_drop_node_16", allocation::new_drop_node::<L, 0>),
            ("new_drop_node_40", allocation::new_drop_node::<L, 3>),
            ("new_drop_node_64", allocation::new_drop_node::<L, 6>),
            ("new_drop_node_256", allocation::new_drop_node::<L, 30>),
            ("new_drop_batch_40", allocation::new_drop_batch::<L>),
            ("clone_drop", allocation::clone_drop::<L>),
            ("clone_drop_batch", allocation::clone_drop_batch::<L>),
            ("deref", allocation::deref::<L>),
            ("binary_trees", trees::binary_trees::<L>),
            ("gcbench", trees::gcbench::<L>),
            ("singly_linked", lists::singly_linked::<L>),
            ("list_drop_20k", lists::drop_20k::<L>),
            ("list_drop_150k", lists::drop_150k::<L>),
            ("list_drop_10m", lists::drop_10m::<L>),
            ("rings_2", rings::twos::<L>),
            ("self_cycles", rings::ones::<L>),
            ("rings_40", rings::forties::<L>),
            ("rings_40_at_once", rings::forties_at_once::<L>),
            ("rings_40_at_once_2m", rings::forties_at_once_2m::<L>),
            ("rings_2_above_1m", rings::twos_above_1m::<L>),
            ("rings_2_above_10m", rings::twos_above_10m::<L>),
            ("graph_churn", graphs::churn::<L>),
            ("dumpster_bench", graphs::dumpster::<L>),
            ("shredder_stress", graphs::shredder::<L>),
            ("collect_live", graphs::collect_live::<L>),
            ("reclaim_dead", graphs::reclaim::<L>),
            ("hub", live::hub::<L>),
            ("retain", live::retain::<L>),
            ("retain_touched", live::retain_touched::<L>),
            ("grow_tree", programs::grow_tree::<L>),
            ("grow_list", programs::grow_list::<L>),
            ("first_collection", programs::first_collection::<L>),
            ("old_garbage", programs::old_garbage::<L>),
            ("payload", programs::payload::<L>),
            ("pauses", live::pauses::<L>),
            ("exit", ends::exit::<L>),
            ("bytes_per_object", space::bytes_per_object::<L>),
            ("memory_returned", space::returned::<L>),
            ("steady_churn", space::steady::<L>),
            ("phases", space::phases::<L>),
        ],
    );
}

fn backlinks<L: Backlinks>(cases: &mut Vec<Case>) {
    add(
        cases,
        L::NAME,
        &[
            ("parent_trees", trees::parent_trees::<L>),
            ("doubly_linked", lists::doubly_linked::<L>),
            ("dev_tree", trees::from_above::<L>),
            ("dev_tree_from_below", trees::from_below::<L>),
        ],
    );
}

fn weaks<L: Weaks>(cases: &mut Vec<Case>) {
    add(
        cases,
        L::NAME,
        &[("weak_upgrade", weak::upgrade::<L>), ("weak_downgrade", weak::downgrade::<L>)],
    );
}

fn watched<L: Watched>(cases: &mut Vec<Case>) {
    add(
        cases,
        L::NAME,
        &[
            ("callbacks_oldest_first", weak::oldest_first::<L>),
            ("callbacks_newest_first", weak::newest_first::<L>),
            ("callbacks_shuffled", weak::shuffled::<L>),
        ],
    );
}
