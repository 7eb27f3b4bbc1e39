//! The workloads in the order of the page, with what a reader needs to know.

/// What a workload is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Single objects.
    Objects,
    /// Trees and lists without cycles.
    Acyclic,
    /// Cyclic data and cyclic garbage.
    Cyclic,
    /// One collection.
    Collections,
    /// Large live data.
    Live,
    /// How long the program is held up.
    Pauses,
    /// Weak handles.
    Weak,
    /// Memory.
    Space,
    /// The end of a process.
    Ends,
    /// Programs that are built without optimization.
    Dev,
}

impl Group {
    /// All groups, in the order of the page.
    pub(crate) const ALL: [Group; 10] = [
        Group::Objects,
        Group::Acyclic,
        Group::Cyclic,
        Group::Collections,
        Group::Live,
        Group::Pauses,
        Group::Weak,
        Group::Space,
        Group::Ends,
        Group::Dev,
    ];

    /// The heading.
    #[must_use]
    pub(crate) fn title(self) -> &'static str {
        match self {
            Group::Objects => "Single objects",
            Group::Acyclic => "Trees and lists without cycles",
            Group::Cyclic => "Cyclic data",
            Group::Collections => "One collection",
            Group::Live => "Large live data",
            Group::Pauses => "Pauses",
            Group::Weak => "Weak handles",
            Group::Space => "Memory",
            Group::Ends => "The end of a process",
            Group::Dev => "Without optimization",
        }
    }

    /// Whether the workloads are about the time of an operation in an optimized program that
    /// goes on.
    #[must_use]
    pub(crate) fn is_about_time(self) -> bool {
        !matches!(self, Group::Pauses | Group::Space | Group::Ends | Group::Dev)
    }

    /// How the workers are built that run the workloads.
    #[must_use]
    pub(crate) fn profile(self) -> Profile {
        if self == Group::Dev { Profile::Dev } else { Profile::Release }
    }

    /// The name of the plot's file.
    #[must_use]
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Group::Objects => "objects",
            Group::Acyclic => "acyclic",
            Group::Cyclic => "cyclic",
            Group::Collections => "collections",
            Group::Live => "live",
            Group::Pauses => "pauses",
            Group::Weak => "weak",
            Group::Space => "space",
            Group::Ends => "ends",
            Group::Dev => "dev",
        }
    }
}

/// How a worker is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As the programs that are compared.
    Release,
    /// As cargo builds a program while it is developed.
    Dev,
}

/// What `Rc` does with a workload's garbage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithRc {
    /// It frees it, as all do.
    Frees,
    /// It leaks it; its time is still a yardstick.
    Leaks,
    /// The workload measures a collection: there is nothing to measure.
    MeansNothing,
}

/// How long a workload takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// It runs in every round.
    Usual,
    /// It takes hundreds of megabytes: it runs in fewer rounds.
    Heavy,
}

/// A workload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is about.
    pub(crate) group: Group,
    /// What one operation is.
    pub(crate) unit: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
    /// Whether `Rc` can be compared.
    pub(crate) rc: WithRc,
    /// How often it runs.
    pub(crate) cost: Cost,
}

impl Workload {
    const fn new(
        group: Group,
        name: &'static str,
        unit: &'static str,
        about: &'static str,
    ) -> Workload {
        Workload { name, group, unit, about, rc: WithRc::Frees, cost: Cost::Usual }
    }

    const fn leaks_with_rc(mut self) -> Workload {
        self.rc = WithRc::Leaks;
        self
    }

    const fn means_nothing_with_rc(mut self) -> Workload {
        self.rc = WithRc::MeansNothing;
        self
    }

    const fn heavy(mut self) -> Workload {
        self.cost = Cost::Heavy;
        self
    }

    /// Whether the workload says something about the library.
    #[must_use]
    pub(crate) fn has_meaning_for(&self, library: &str) -> bool {
        library != "Rc" || self.rc != WithRc::MeansNothing
    }
}

use Group::{Acyclic, Collections, Cyclic, Dev, Ends, Live, Objects, Pauses, Space, Weak};

/// All workloads.
pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new(
        Objects,
        "new_drop_leaf_8",
        "object",
        "a value of 8 bytes without pointers, made and dropped",
    ),
    Workload::new(Objects, "new_drop_leaf_16", "object", "the same, 16 bytes"),
    Workload::new(Objects, "new_drop_leaf_32", "object", "the same, 32 bytes"),
    Workload::new(Objects, "new_drop_leaf_64", "object", "the same, 64 bytes"),
    Workload::new(Objects, "new_drop_leaf_128", "object", "the same, 128 bytes"),
    Workload::new(Objects, "new_drop_leaf_256", "object", "the same, 256 bytes"),
    Workload::new(
        Objects,
        "new_drop_node_16",
        "object",
        "a value of 16 bytes that can point at its like, made and dropped",
    ),
    Workload::new(Objects, "new_drop_node_40", "object", "the same, 40 bytes"),
    Workload::new(Objects, "new_drop_node_64", "object", "the same, 64 bytes"),
    Workload::new(Objects, "new_drop_node_256", "object", "the same, 256 bytes"),
    Workload::new(
        Objects,
        "new_drop_batch_40",
        "object",
        "10,000 nodes of 40 bytes made, then all dropped",
    ),
    Workload::new(Objects, "clone_drop", "clone", "one handle cloned, the clone dropped"),
    Workload::new(
        Objects,
        "clone_drop_batch",
        "clone",
        "1000 handles cloned into a list, then all dropped",
    ),
    Workload::new(Objects, "deref", "read", "a word read through each of 1000 handles"),
    Workload::new(Acyclic, "binary_trees", "node", "the trees of the Benchmarks Game, depth 12"),
    Workload::new(
        Acyclic,
        "gcbench",
        "node",
        "GCBench of Ellis, Kovac and Boehm at an eighth of its size",
    ),
    Workload::new(Acyclic, "singly_linked", "node", "a list of 10,000 nodes built and dropped"),
    Workload::new(Acyclic, "list_drop_20k", "node", "a list of 20,000 nodes dropped"),
    Workload::new(Acyclic, "list_drop_150k", "node", "a list of 150,000 nodes dropped"),
    Workload::new(Acyclic, "list_drop_10m", "node", "a list of 10,000,000 nodes dropped").heavy(),
    Workload::new(
        Cyclic,
        "parent_trees",
        "node",
        "trees whose nodes know their parents, built and dropped",
    )
    .leaks_with_rc(),
    Workload::new(
        Cyclic,
        "doubly_linked",
        "node",
        "a doubly linked list of 10,000 nodes built, dropped, collected",
    )
    .leaks_with_rc(),
    Workload::new(Cyclic, "rings_2", "ring", "two nodes that hold each other, dropped at once")
        .leaks_with_rc(),
    Workload::new(Cyclic, "self_cycles", "node", "a node that holds itself, dropped at once")
        .leaks_with_rc(),
    Workload::new(Cyclic, "rings_40", "node", "100,000 rings of 40 nodes, each dropped at once")
        .leaks_with_rc(),
    Workload::new(
        Cyclic,
        "graph_churn",
        "change",
        "10,000 vertices rewired at random, one in eight times replaced",
    )
    .leaks_with_rc(),
    Workload::new(
        Cyclic,
        "dumpster_bench",
        "change",
        "dumpster's benchmark: a million random changes of a graph",
    )
    .leaks_with_rc(),
    Workload::new(
        Cyclic,
        "shredder_stress",
        "vertex",
        "shredder's stress test: 32,769 labelled vertices, 32 collections",
    )
    .leaks_with_rc(),
    Workload::new(
        Collections,
        "collect_live",
        "object",
        "a random graph of 20,000 vertices, four pointers each, all alive",
    )
    .means_nothing_with_rc(),
    Workload::new(Collections, "reclaim_dead", "object", "the same graph, thrown away")
        .means_nothing_with_rc(),
    Workload::new(Collections, "rings_40_at_once", "object", "2500 dead rings of 40 nodes")
        .means_nothing_with_rc(),
    Workload::new(
        Collections,
        "rings_40_at_once_2m",
        "object",
        "50,000 dead rings of 40 nodes, more than any cache holds",
    )
    .means_nothing_with_rc()
    .heavy(),
    Workload::new(
        Live,
        "rings_2_above_1m",
        "ring",
        "`rings_2` while 1,000,000 old objects are alive",
    )
    .leaks_with_rc()
    .heavy(),
    Workload::new(
        Live,
        "rings_2_above_10m",
        "ring",
        "`rings_2` while 10,000,000 old objects are alive",
    )
    .leaks_with_rc()
    .heavy(),
    Workload::new(
        Live,
        "hub",
        "step",
        "a hub that holds a million objects cloned and dropped, and a small object made",
    )
    .heavy(),
    Workload::new(Live, "retain", "object", "3,000,000 objects made and kept").heavy(),
    Workload::new(
        Live,
        "retain_touched",
        "object",
        "the same, each held by a second handle for a moment",
    )
    .heavy(),
    Workload::new(
        Live,
        "grow_tree",
        "object",
        "a tree of 1,000,000 vertices that only grows, each held by a second handle for a while",
    )
    .heavy(),
    Workload::new(
        Live,
        "grow_list",
        "object",
        "a list of 1,000,000 nodes that only grows: each is reached from all later ones",
    )
    .heavy(),
    Workload::new(
        Collections,
        "first_collection",
        "vertex",
        "the first collection of a process: a dead random graph of 20,000 vertices",
    )
    .means_nothing_with_rc(),
    Workload::new(
        Pauses,
        "pauses",
        "ring",
        "`rings_2` beside a live graph of 20,000 vertices, each ring timed alone",
    )
    .leaks_with_rc(),
    Workload::new(
        Weak,
        "weak_upgrade",
        "upgrade",
        "a weak handle upgraded, the strong one dropped",
    ),
    Workload::new(Weak, "weak_downgrade", "downgrade", "a weak handle made and dropped"),
    Workload::new(
        Weak,
        "callbacks_oldest_first",
        "callback",
        "1,000,000 weak handles with callbacks to one object, given up in the order in which they \
         were made",
    ),
    Workload::new(Weak, "callbacks_newest_first", "callback", "the same in the opposite order"),
    Workload::new(Weak, "callbacks_shuffled", "callback", "the same in no order"),
    Workload::new(
        Space,
        "bytes_per_object",
        "object",
        "resident bytes for each live node of 40 bytes",
    ),
    Workload::new(
        Space,
        "memory_returned",
        "",
        "the share of a million dead nodes' memory that the system has back",
    ),
    Workload::new(
        Space,
        "steady_churn",
        "change",
        "100,000 live nodes that hold themselves, replaced at random",
    )
    .leaks_with_rc()
    .heavy(),
    Workload::new(
        Space,
        "old_garbage",
        "",
        "a ring of 1,000,000 old nodes that is dropped, beside small rings that come and go",
    )
    .leaks_with_rc()
    .heavy(),
    Workload::new(
        Space,
        "payload",
        "object",
        "objects in cycles that own 1 MiB each, of which the last 100 are kept",
    )
    .leaks_with_rc()
    .heavy(),
    Workload::new(
        Space,
        "phases",
        "",
        "19 phases with 32 MiB of objects of a size of its own, of which one for each 64 KiB is kept",
    )
    .heavy(),
    Workload::new(
        Ends,
        "exit",
        "object",
        "the tree of `grow_tree` with 2,000,000 objects, none with a `Drop` of its own, all alive \
         when the process ends",
    )
    .heavy(),
    Workload::new(
        Dev,
        "dev_tree",
        "node",
        "a tree of 1,000,000 nodes that know their parents, ten below each, built from the root \
         on, dropped, collected",
    )
    .leaks_with_rc(),
    Workload::new(
        Dev,
        "dev_tree_from_below",
        "node",
        "a binary tree of as many nodes that know their parents, built from the leaves on",
    )
    .leaks_with_rc(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::WORKLOADS;
    use crate::report::LIBRARIES;

    #[test]
    fn the_page_knows_all_that_the_workers_can_run() {
        let cases = gcycle_workloads::catalogue::cases();
        let run: BTreeSet<_> = cases.iter().map(|case| case.workload).collect();
        let described: BTreeSet<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
        assert_eq!(run, described);
        let run: BTreeSet<_> = cases.iter().map(|case| case.library).collect();
        assert_eq!(run, LIBRARIES.into());
    }
}
