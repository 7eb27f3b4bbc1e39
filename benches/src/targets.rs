//! What was promised, and what was reached: the table that opens the page.
//!
//! Each row is computed from the figures, and says "no" where they say no. The
//! times are minima, each ratio within one run on one machine.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use crate::cpython;
use crate::dom;
use crate::results::{INSTRUCTIONS, PEAK, Results, SHARE, TIME, TRACED};
use crate::workers::DEV;

/// This project.
const OURS: &str = "gcycle";

/// The version of CPython to beat.
const CPYTHON: &str = "CPython 3.13";

/// The collectors to beat: those with one, this project's left out.
const PEERS: [&str; 8] = [
    "gcmodule",
    "jrsonnet-gcmodule",
    "rust-cc",
    "dumpster",
    "bacon_rajan_cc",
    "gc",
    "boa_gc",
    "gc-arena",
];

/// A promise.
#[derive(Debug)]
pub(crate) struct Row {
    /// The workload in words.
    pub(crate) workload: &'static str,
    /// What was promised.
    pub(crate) target: String,
    /// What was measured.
    pub(crate) measured: String,
    /// Whether it was reached; `None` if it was not measured.
    pub(crate) is_reached: Option<bool>,
}

/// A row under construction: several conditions, all of which must hold.
struct Promise {
    row: Row,
    /// Whether each condition was measured.
    is_complete: bool,
}

impl Promise {
    fn new(workload: &'static str, target: impl Into<String>) -> Promise {
        let (target, measured) = (target.into(), String::new());
        let row = Row { workload, target, measured, is_reached: None };
        Promise { row, is_complete: true }
    }

    /// A measured value that must not be above its limit.
    fn at_most(self, what: &str, value: Option<f64>, limit: f64, unit: &str) -> Promise {
        self.within(what, value, f64::NEG_INFINITY..=limit, unit)
    }

    /// A measured value that must not be below its limit.
    fn at_least(self, what: &str, value: Option<f64>, limit: f64, unit: &str) -> Promise {
        self.within(what, value, limit..=f64::INFINITY, unit)
    }

    fn within(
        mut self,
        what: &str,
        value: Option<f64>,
        limits: RangeInclusive<f64>,
        unit: &str,
    ) -> Promise {
        let separator = if self.row.measured.is_empty() { "" } else { ", " };
        let space = if what.is_empty() { "" } else { " " };
        let _ = write!(self.row.measured, "{separator}{what}{space}");
        let Some(value) = value else {
            self.row.measured.push_str("not measured");
            self.is_complete = false;
            return self;
        };
        let digits = if value >= 100.0 { 0 } else { 2 };
        let _ = write!(self.row.measured, "{value:.digits$}{unit}");
        let holds = limits.contains(&value);
        self.row.is_reached = Some(self.row.is_reached.unwrap_or(true) && holds);
        self
    }

    /// A promise that was not measured as a whole may be broken, not kept.
    fn finish(mut self) -> Row {
        if !self.is_complete && self.row.is_reached == Some(true) {
            self.row.is_reached = None;
        }
        self.row
    }

    /// Something worth knowing that decides nothing.
    fn remark(mut self, remark: &str) -> Promise {
        if !remark.is_empty() {
            let _ = write!(self.row.measured, "; {remark}");
        }
        self
    }
}

/// Figures at hand.
struct Figures<'a> {
    results: &'a Results,
}

impl Figures<'_> {
    fn on(&self, allocator: &str, workload: &str, library: &str) -> Option<f64> {
        self.results.minimum([workload, library, allocator], TIME)
    }

    fn time(&self, workload: &str, library: &str) -> Option<f64> {
        self.on("glibc", workload, library)
    }

    fn ours(&self, workload: &str, figure: &str) -> Option<f64> {
        self.results.minimum([workload, OURS, "glibc"], figure)
    }

    fn ratio(&self, workload: &str, other: &str) -> Option<f64> {
        Some(self.time(workload, OURS)? / self.time(workload, other)?)
    }

    /// The largest ratio of a set of workloads, all of which were measured.
    fn worst(&self, allocator: &str, workloads: &[&str], other: &str) -> Option<f64> {
        let ratio = |&workload: &&str| {
            Some(self.on(allocator, workload, OURS)? / self.on(allocator, workload, other)?)
        };
        workloads.iter().map(ratio).collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::max)
    }

    /// A figure of ours, the middle of those measured.
    fn usually(&self, workload: &str, figure: &str) -> Option<f64> {
        self.results.median([workload, OURS, "glibc"], figure)
    }

    /// How long a process takes that ends so, compared with `_exit`.
    fn against_exit_at_once(&self, ending: &str) -> Option<f64> {
        Some(self.ours("exit", ending)? / self.ours("exit", "end_at_once_ns")?)
    }

    /// The same process compared with one that uses `Rc`, for a remark.
    fn process_against_rc(&self) -> String {
        let ratio = self.ratio("exit", "Rc");
        ratio.map_or(String::new(), |ratio| format!("as a whole {ratio:.2} of the same with `Rc`"))
    }

    /// How both trees do with the advised lines, for a remark.
    fn as_advised(&self, trees: [&str; 2]) -> String {
        let ratio =
            |tree: &str| Some(self.on(DEV[1], tree, OURS)? / self.on(DEV[1], tree, "Rc + Weak")?);
        match trees.map(ratio) {
            [Some(above), Some(below)] => {
                format!("with `opt-level = 1` for gcycle-core {above:.2}, {below:.2}")
            }
            _ => String::new(),
        }
    }

    /// A time of the page in `examples/dom`, compared with that of the parser's own tree.
    fn against_rcdom(&self, time: &str) -> Option<f64> {
        let of = |library| self.results.minimum([dom::WORKLOAD, library, "glibc"], time);
        let [ours, theirs] = dom::TREES.map(|(library, _)| of(library));
        Some(ours? / theirs?)
    }

    /// The same of parsing and of walking, for a remark.
    fn parts_of_dom(&self) -> String {
        match ["parse_ns", "visit_ns"].map(|time| self.against_rcdom(time)) {
            [Some(parse), Some(visit)] => format!("parse {parse:.2}, walk and edit {visit:.2}"),
            _ => String::new(),
        }
    }

    fn best_peer(&self, workload: &str) -> Option<(&'static str, f64)> {
        let times = PEERS.iter().filter_map(|&peer| Some((peer, self.time(workload, peer)?)));
        times.min_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    /// Our time compared with that of the best peer.
    fn against_best(&self, workload: &str) -> Option<f64> {
        Some(self.time(workload, OURS)? / self.best_peer(workload)?.1)
    }

    fn name_of_best(&self, workload: &str) -> String {
        self.best_peer(workload).map_or(String::new(), |(peer, _)| peer.to_owned())
    }

    /// The same for a remark.
    fn compared_with_best(&self, workload: &str) -> String {
        let (best, ratio) = (self.name_of_best(workload), self.against_best(workload));
        ratio.map_or(String::new(), |ratio| format!("{ratio:.2} of the best, {best}"))
    }

    /// The same ratio in instructions, for a remark.
    fn in_instructions(&self, workloads: &[&str], other: &str) -> String {
        let count = |workload: &str, library: &str| {
            self.results.minimum([workload, library, "glibc"], INSTRUCTIONS)
        };
        let ratios: Vec<f64> = workloads
            .iter()
            .filter_map(|workload| Some(count(workload, OURS)? / count(workload, other)?))
            .collect();
        match ratios.iter().copied().reduce(f64::max) {
            Some(worst) => format!("in instructions {worst:.2}"),
            None => String::new(),
        }
    }

    /// The ratios of the lists that both can drop, for a remark.
    fn on_the_same_list(&self) -> String {
        let ratio = |workload| self.ratio(workload, "Rc");
        match (ratio("list_drop_150k"), ratio("list_drop_20k")) {
            (Some(long), Some(short)) => {
                format!("both on 150,000 nodes {long:.2}, on 20,000 {short:.2}")
            }
            _ => String::new(),
        }
    }

    /// Says so, for a remark, if the CPython measured is not the one that was promised about.
    fn other_cpython(&self, workload: &str) -> String {
        match self.against_cpython(workload) {
            Some((name, _)) if !name.starts_with(&format!("{CPYTHON}.")) => {
                format!("{CPYTHON} was not there")
            }
            _ => String::new(),
        }
    }

    /// How many times as long CPython takes, for the newest measured.
    fn against_cpython(&self, workload: &str) -> Option<(String, f64)> {
        let version = |name: &str| -> Option<Vec<u32>> {
            name.strip_prefix(cpython::PREFIX)?.split('.').map(|part| part.parse().ok()).collect()
        };
        let newest = self.results.libraries(workload).filter(|name| version(name).is_some());
        let newest = newest.max_by_key(|name| version(name))?;
        let at = [workload, newest, cpython::ALLOCATOR];
        let theirs = self.results.minimum(at, TIME)?;
        Some((newest.to_owned(), theirs / self.time(workload, OURS)?))
    }
}

/// All rows.
#[must_use]
pub(crate) fn rows(results: &Results) -> Vec<Row> {
    let figures = Figures { results };
    let promises = against_rc(&figures)
        .into_iter()
        .chain(against_peers(&figures))
        .chain(in_absolute_terms(&figures));
    promises.map(Promise::finish).collect()
}

/// Promises about `Rc`.
fn against_rc(f: &Figures<'_>) -> Vec<Promise> {
    let small = [
        "new_drop_leaf_16",
        "new_drop_leaf_32",
        "new_drop_leaf_64",
        "new_drop_node_16",
        "new_drop_node_40",
        "new_drop_node_64",
    ];
    let handles = ["clone_drop", "clone_drop_batch", "deref"];
    let trees = ["binary_trees", "gcbench"];
    let churn = ["graph_churn", "dumpster_bench"];
    let traced = f.ours(trees[0], TRACED).zip(f.ours(trees[1], TRACED)).map(|(a, b)| a.max(b));
    // About the longest list that `Rc` can drop.
    let drop_of_rc = f.time("list_drop_150k", "Rc");
    let drop_ratio = f.time("list_drop_10m", OURS).zip(drop_of_rc).map(|(ours, rc)| ours / rc);
    vec![
        Promise::new(
            "new + drop, 16 to 64 bytes",
            "<= 0.35 of `Rc` on glibc, <= 0.7 of `Rc` on mimalloc",
        )
        .at_most("worst size on glibc", f.worst("glibc", &small, "Rc"), 0.35, "")
        .at_most("on mimalloc", f.worst("mimalloc", &small, "Rc"), 0.7, "")
        .remark(&f.in_instructions(&small, "Rc")),
        Promise::new("clone + drop, deref", "<= 1.05 of `Rc`")
            .at_most("worst", f.worst("glibc", &handles, "Rc"), 1.05, "")
            .remark(&f.in_instructions(&handles, "Rc")),
        Promise::new("binary trees, GCBench", "<= 0.45 of `Rc`; 0 objects traced")
            .at_most("binary trees", f.ratio(trees[0], "Rc"), 0.45, "")
            .at_most("GCBench", f.ratio(trees[1], "Rc"), 0.45, "")
            .at_most("traced per node", traced, 0.0, "")
            .remark(&f.in_instructions(&trees, "Rc")),
        Promise::new("random-graph churn, dumpster's bench", "<= 1.0 of `Rc`, which leaks")
            .at_most("churn", f.ratio(churn[0], "Rc"), 1.0, "")
            .at_most("dumpster's", f.ratio(churn[1], "Rc"), 1.0, "")
            .remark(&f.in_instructions(&churn, "Rc")),
        Promise::new("a tree of 1,000,000 vertices that only grows", "<= 1.3 of `Rc`")
            .at_most("", f.ratio("grow_tree", "Rc"), 1.3, "")
            .remark(&f.in_instructions(&["grow_tree"], "Rc")),
        Promise::new("a list of 1,000,000 nodes that only grows", "<= 1.3 of `Rc`")
            .at_most("", f.ratio("grow_list", "Rc"), 1.3, "")
            .remark(&f.in_instructions(&["grow_list"], "Rc")),
        Promise::new(
            "10,000,000-node list drop",
            "<= 0.4 of `Rc` on a list that it can still drop, 150,000 nodes",
        )
        .at_most("", drop_ratio, 0.4, "")
        .remark(&f.on_the_same_list()),
        Promise::new(
            "a process with 2,000,000 live objects ends",
            "<= 1.05 of the time of the same process ended by `_exit`",
        )
        .at_most("`main` returns", f.against_exit_at_once("end_return_ns"), 1.05, "")
        .at_most("`std::process::exit`", f.against_exit_at_once("end_exit_ns"), 1.05, "")
        .remark(&f.process_against_rc()),
        Promise::new(
            "a page of 800,005 nodes in `examples/dom`",
            "<= 1.1 of `markup5ever_rcdom`; drop and collect <= 1.5",
        )
        .at_most("all", f.against_rcdom(dom::ALL), 1.1, "")
        .at_most("drop and collect", f.against_rcdom("drop_ns"), 1.5, "")
        .remark(&f.parts_of_dom()),
        without_optimization(f),
    ]
}

/// A promise to those who develop a program.
fn without_optimization(f: &Figures<'_>) -> Promise {
    let trees = ["dev_tree", "dev_tree_from_below"];
    let [above, below] = trees.map(|tree| f.worst(DEV[0], &[tree], "Rc + Weak"));
    Promise::new(
        "a tree of 1,000,000 nodes with parents, in cargo's `dev` profile",
        "<= 3 of `Rc` + `Weak`",
    )
    .at_most("built from the root on", above, 3.0, "")
    .at_most("from the leaves on", below, 3.0, "")
    .remark(&f.as_advised(trees))
}

/// Promises about the other collectors.
fn against_peers(f: &Figures<'_>) -> Vec<Promise> {
    let back = ["parent_trees", "doubly_linked"];
    let rings = ["rings_2", "self_cycles"];
    let against_best = |promise: Promise, workload: &str, limit: f64| {
        let name = format!("{workload} to best peer ({})", f.name_of_best(workload));
        promise.at_most(&name, f.against_best(workload), limit, "")
    };
    let mut links = Promise::new(
        "trees with parents, doubly linked list",
        "<= 0.8 of `Rc` + `Weak`; faster than every peer",
    );
    for workload in back {
        links = links.at_most(workload, f.ratio(workload, "Rc + Weak"), 0.8, "");
    }
    for workload in back {
        links = against_best(links, workload, 1.0);
    }
    let mut cycles =
        Promise::new("2-rings, self-cycles", "<= 0.5 of the best peer; memory flat (<= 1 MiB)");
    for workload in rings {
        cycles = against_best(cycles, workload, 0.5);
    }
    let resting = f.ours("new_drop_node_40", PEAK);
    for workload in rings {
        let growth = f.ours(workload, PEAK).zip(resting).map(|(peak, rest)| (peak - rest) / 1024.0);
        cycles = cycles.at_most("memory", growth, 1.0, " MiB");
    }
    let above = f.time("rings_2_above_10m", OURS).zip(f.time("rings_2", OURS));
    let old = f.ours("rings_2_above_10m", TRACED).map(|traced| traced - 2.0);
    vec![
        links.remark(&f.in_instructions(&back, "Rc + Weak")),
        cycles,
        Promise::new(
            "2-rings with 10,000,000 old alive",
            "<= 1.1 of the same with an empty heap; 0 old objects traced",
        )
        .at_most("", above.map(|(above, empty)| above / empty), 1.1, "")
        .at_most("old objects traced for each ring", old, 0.0, ""),
        Promise::new("full collection, live random graph", "no slower than boa_gc")
            .at_most("", f.ratio("collect_live", "boa_gc"), 1.0, " of boa_gc")
            .remark(&f.compared_with_best("collect_live"))
            .remark(&f.in_instructions(&["collect_live"], "boa_gc")),
        Promise::new("first collection of a process, dead random graph", "no slower than boa_gc")
            .at_most("", f.ratio("first_collection", "boa_gc"), 1.0, " of boa_gc")
            .remark(&f.compared_with_best("first_collection")),
        Promise::new("reclaim of the same graph", "no slower than boa_gc")
            .at_most("", f.ratio("reclaim_dead", "boa_gc"), 1.0, " of boa_gc")
            .remark(&f.compared_with_best("reclaim_dead"))
            .remark(&f.in_instructions(&["reclaim_dead"], "boa_gc")),
    ]
}

/// Promises that are no ratios, and the one about CPython.
fn in_absolute_terms(f: &Figures<'_>) -> Vec<Promise> {
    let percent = |workload| f.ours(workload, SHARE).map(|share| 100.0 * share);
    let mut cpython = Promise::new(
        "full collection of dead rings and of a dead graph, per dead object",
        format!(">= 10 times as fast as `gc.collect()` of {CPYTHON}"),
    );
    for workload in ["rings_40_at_once", "rings_40_at_once_2m", "reclaim_dead"] {
        let measured = f.against_cpython(workload);
        let name = measured.as_ref().map_or("CPython", |(name, _)| name.as_str());
        let times = measured.as_ref().map(|(_, times)| *times);
        cpython = cpython.at_least(workload, times, 10.0, &format!(" times {name}"));
    }
    vec![
        Promise::new("hub, retain", "collector share <= 1 % of time")
            .at_most("hub", percent("hub"), 1.0, " %")
            .at_most("retain", percent("retain"), 1.0, " %")
            .at_most("retain, each touched", percent("retain_touched"), f64::INFINITY, " %"),
        Promise::new("bytes per live 40-byte object", "<= 58 (`Rc`: 64)").at_most(
            "",
            f.ours("bytes_per_object", "bytes_per_object"),
            58.0,
            "",
        ),
        Promise::new("young pause, 700 allocations", "p99.9 <= 100 microseconds").at_most(
            "p99.9",
            f.ours("pauses", "pause_p999_ns").map(|time| time / 1000.0),
            100.0,
            " microseconds",
        ),
        Promise::new("steady churn", "memory <= 1.2 of the live size").at_most(
            "",
            f.ours("steady_churn", "steady_over_live"),
            1.2,
            "",
        ),
        Promise::new(
            "1,000,000 old nodes closed, beside steady requests",
            "freed before as many were made",
        )
        .at_most("", f.ours("old_garbage", "made_until_freed"), 1.0, ""),
        Promise::new("objects in cycles that own 1 MiB each", "memory <= 3 of the live size")
            .at_most("", f.ours("payload", "payload_over_live"), 3.0, ""),
        callbacks_given_up(f),
        cpython.remark(&f.other_cpython("reclaim_dead")),
    ]
}

/// A promise about what must not grow with the square of what there is.
fn callbacks_given_up(f: &Figures<'_>) -> Promise {
    let orders = [
        ("oldest first", "callbacks_oldest_first"),
        ("newest first", "callbacks_newest_first"),
        ("shuffled", "callbacks_shuffled"),
    ];
    let mut promise = Promise::new(
        "1,000,000 weak callbacks on one object, given up",
        "<= 1 s; <= 2.5 of the time for 500,000",
    );
    for (name, workload) in orders {
        let seconds = f.time(workload, OURS).map(|nanoseconds| nanoseconds * 1e6 / 1e9);
        let growth = f.usually(workload, "growth_when_doubled");
        promise = promise.at_most(name, seconds, 1.0, " s");
        promise = promise.at_most("", growth, 2.5, " of the time for half");
    }
    promise
}

/// A word for the table.
#[must_use]
pub(crate) fn verdict(row: &Row) -> &'static str {
    match row.is_reached {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not measured",
    }
}

/// The table for a terminal.
#[must_use]
pub(crate) fn as_text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = writeln!(text, "{:>12}  {}: {}", verdict(row), row.workload, row.target);
        let _ = writeln!(text, "{:>12}  {}", "", row.measured);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{OURS, Promise, Row, rows};
    use crate::cpython;
    use crate::results::{Results, TIME};

    fn verdict(values: [Option<f64>; 2]) -> Option<bool> {
        let [first, second] = values;
        let promise = Promise::new("", "").at_most("", first, 1.0, "");
        promise.at_least("", second, 10.0, "").finish().is_reached
    }

    #[test]
    fn a_promise_is_kept_if_all_of_it_is() {
        assert_eq!(verdict([Some(1.0), Some(10.0)]), Some(true));
        assert_eq!(verdict([Some(1.1), Some(10.0)]), Some(false));
        assert_eq!(verdict([Some(1.0), Some(9.9)]), Some(false));
    }

    #[test]
    fn what_was_not_measured_is_not_kept() {
        assert_eq!(verdict([Some(1.0), None]), None);
        assert_eq!(verdict([Some(1.1), None]), Some(false));
        assert_eq!(verdict([None, None]), None);
    }

    /// The row of the table about `workload`.
    fn row(results: &Results, workload: &str) -> Row {
        let row = rows(results).into_iter().find(|row| row.workload.contains(workload));
        row.expect("there is one")
    }

    #[test]
    fn a_process_must_end_as_soon_in_both_ways() {
        let end = |by_return, by_exit| {
            let mut results = Results::default();
            let at = ["exit", OURS, "glibc"];
            results.add(at, "end_return_ns", by_return);
            results.add(at, "end_exit_ns", by_exit);
            results.add(at, "end_at_once_ns", 100.0);
            row(&results, "2,000,000 live objects").is_reached
        };
        assert_eq!(end(105.0, 100.0), Some(true));
        assert_eq!(end(106.0, 100.0), Some(false));
        assert_eq!(end(100.0, 106.0), Some(false));
    }

    #[test]
    fn each_order_of_callbacks_must_be_fast_and_linear() {
        let given_up = |nanoseconds, growth| {
            let mut results = Results::default();
            for order in ["oldest_first", "newest_first", "shuffled"] {
                let workload = format!("callbacks_{order}");
                let at = [workload.as_str(), OURS, "glibc"];
                let is_last = order == "shuffled";
                results.add(at, TIME, if is_last { nanoseconds } else { 50.0 });
                results.add(at, "growth_when_doubled", if is_last { growth } else { 2.0 });
            }
            row(&results, "weak callbacks").is_reached
        };
        assert_eq!(given_up(1000.0, 2.5), Some(true));
        assert_eq!(given_up(1001.0, 2.5), Some(false));
        assert_eq!(given_up(1000.0, 2.6), Some(false));
    }

    #[test]
    fn the_dev_profile_is_judged_without_the_advised_lines() {
        let mut results = Results::default();
        for tree in ["dev_tree", "dev_tree_from_below"] {
            for (build, ours) in [("dev", 3.1), ("dev-opt-1", 1.5)] {
                results.add([tree, OURS, build], TIME, ours);
                results.add([tree, "Rc + Weak", build], TIME, 1.0);
            }
        }
        let row = row(&results, "`dev` profile");
        assert_eq!(row.is_reached, Some(false));
        assert!(row.measured.ends_with("for gcycle-core 1.50, 1.50"), "{}", row.measured);
    }

    #[test]
    fn another_version_of_cpython_is_named() {
        let measured = |version| {
            let mut results = Results::default();
            results.add(["reclaim_dead", OURS, "glibc"], TIME, 1.0);
            let at = ["reclaim_dead", version, cpython::ALLOCATOR];
            results.add(at, TIME, 12.0);
            row(&results, "of a dead graph").measured
        };
        let other = measured("CPython 3.11.7");
        assert!(
            other.ends_with("12.00 times CPython 3.11.7; CPython 3.13 was not there"),
            "{other}"
        );
        let promised = measured("CPython 3.13.0");
        assert!(promised.ends_with("12.00 times CPython 3.13.0"), "{promised}");
    }
}
