//! The page: what was promised, then every figure.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::cpython;
use crate::results::{INSTRUCTIONS, PEAK, Results, TIME, TRACED};
use crate::targets::{Row, verdict};
use crate::workers::{ALLOCATORS, DEV};
use crate::workloads::{Group, WORKLOADS, WithRc, Workload};

/// The libraries in the order of the columns.
pub(crate) const LIBRARIES: [&str; 12] = [
    "gcycle",
    "Rc",
    "Rc + Weak",
    "gcmodule",
    "jrsonnet-gcmodule",
    "rust-cc",
    "dumpster",
    "bacon_rajan_cc",
    "gc",
    "boa_gc",
    "gc-arena",
    "typed-arena",
];

const INTRODUCTION: &str = "\
# How gcycle compares

Written by `cargo benches`; do not edit. The same workloads run on gcycle and
on its peers, each pair in a process of its own, in rounds that take turns, so
that what disturbs the machine disturbs all of them. A figure is the **minimum**
over all rounds, after a round that warms memory up; the median follows in
brackets. Compare figures within a row: absolute times belong to this machine.
";

const NOTES: &str = "\
## How to read this

* `Rc` leaks every cycle: its times on cyclic data are those of never looking.
  `Rc + Weak` is what a program does to avoid the leak, where its data allows
  it. `typed-arena` never frees a single object: it is the lower limit.
* `gcmodule`, `jrsonnet-gcmodule` and `bacon_rajan_cc` never collect by
  themselves. Where a workload makes cyclic garbage they are told to, about as
  often as there are objects alive, but not more often than every thousand
  steps. The other libraries run with their defaults.
* `gc-arena`'s pointers cannot leave a closure, so its workloads are written for
  it, with a chance to collect after every hundred steps; what is missing does
  not fit its interface.
* A library that fails has a row that says how: the limits are 20 seconds of
  processor time and 4 GiB for a process, and the 8 MiB stack of a main thread.
* Peaks are resident memory (`VmHWM`), the 2 MiB of the program included.
* Instructions are counted by valgrind inside the measured part only, on smaller
  sizes of the same workloads; they do not depend on what else the machine does.
* Where minimum and median are far apart, the library collects rarely and at
  length, so that some rounds had no collection.
* The bars of the plots are on a logarithmic scale; shorter is better.
* Time is processor time of the thread, so that others on the machine do not
  count; they still cost cache.
* Objects traced are known for gcycle only, which counts them.
* A process that ends is timed as a whole, in processor time, until the system has
  taken its memory back. It is the same program with each of the three endings.
* Without optimization, the workers are built with cargo's `dev` profile, and without
  the checks that debug builds in this repository make (`cfg(gc_checks)`): as a
  program of a user is. `dev-opt-1` is the same with
  `[profile.dev.package.gcycle-core] opt-level = 1`.
";

/// The whole page.
#[must_use]
pub(crate) fn page(results: &Results, rows: &[Row]) -> String {
    let mut page = String::from(INTRODUCTION);
    let _ = writeln!(page, "\n{}\n", machine(results));
    promises(&mut page, rows);
    page.push_str(NOTES);
    for group in Group::ALL {
        section(&mut page, results, group);
    }
    failures(&mut page, results);
    python(&mut page, results);
    page
}

/// What it was measured on.
fn machine(results: &Results) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let rustc = rustc.unwrap_or_else(|_| "rustc".into());
    format!(
        "Measured in {} processes on {model}, {cores} cores, by {rustc}, `lto = \"fat\"`, with {}.",
        results.processes(),
        versions().join(", ")
    )
}

/// The versions of the peers, as they are locked.
fn versions() -> Vec<String> {
    let lines: Vec<&str> = include_str!("../Cargo.lock").lines().collect();
    let quoted = |line: &'static str, key| Some(line.strip_prefix(key)?.trim_matches('"'));
    let packages = lines
        .windows(2)
        .filter_map(|pair| Some((quoted(pair[0], "name = ")?, quoted(pair[1], "version = ")?)));
    packages
        .filter(|(name, _)| LIBRARIES.contains(name) && *name != "gcycle" || *name == "mimalloc")
        .map(|(name, version)| format!("{name} {version}"))
        .collect()
}

fn promises(page: &mut String, rows: &[Row]) {
    page.push_str("## What was promised\n\n| workload | target | measured | reached |\n");
    page.push_str("|---|---|---|---|\n");
    for row in rows {
        let verdict = verdict(row);
        let verdict = if verdict == "no" { "**no**" } else { verdict };
        let (workload, target, measured) = (row.workload, &row.target, &row.measured);
        let _ = writeln!(page, "| {workload} | {target} | {measured} | {verdict} |");
    }
    page.push('\n');
}

/// The workloads of a group that have figures or failures.
pub(crate) fn measured(results: &Results, group: Group) -> impl Iterator<Item = &'static Workload> {
    WORKLOADS
        .iter()
        .filter(move |workload| workload.group == group)
        .filter(|workload| results.libraries(workload.name).any(|name| LIBRARIES.contains(&name)))
}

fn section(page: &mut String, results: &Results, group: Group) {
    let workloads: Vec<_> = measured(results, group).collect();
    if workloads.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n## {}\n", group.title());
    for workload in &workloads {
        let unit = if workload.unit.is_empty() { "" } else { ", per " };
        let _ = writeln!(page, "* `{}`{unit}{}: {}", workload.name, workload.unit, workload.about);
    }
    match group {
        Group::Space => return space(page, results),
        Group::Pauses => return pauses(page, results),
        Group::Ends => return ends(page, results),
        Group::Dev => return dev(page, results, &workloads),
        _ => {}
    }
    let _ = writeln!(page, "\n![{0}](plots/{1}.svg)", group.title(), group.slug());
    for allocator in ALLOCATORS {
        table(page, &format!("Nanoseconds, {allocator}"), &workloads, |workload, library| {
            time(results, workload, library, allocator)
        });
    }
    table(page, "Instructions, glibc", &workloads, |workload, library| {
        let counted = results.minimum([workload.name, library, ALLOCATORS[0]], INSTRUCTIONS)?;
        Some(number(counted))
    });
    table(page, "Most memory resident, MiB, glibc", &workloads, |workload, library| {
        let peak = results.minimum([workload.name, library, ALLOCATORS[0]], PEAK)?;
        Some(number(peak / 1024.0))
    });
    let traced = |workload: &&Workload| {
        let traced = results.minimum([workload.name, "gcycle", ALLOCATORS[0]], TRACED)?;
        Some(format!("`{}` {}", workload.name, number(traced)))
    };
    let traced: Vec<_> = workloads.iter().filter_map(traced).collect();
    if !traced.is_empty() {
        let _ = writeln!(page, "\nObjects gcycle traced for one operation: {}.", traced.join(", "));
    }
    if group == Group::Live {
        page.push_str("\n![rings above old objects](plots/heaps.svg)\n");
    }
}

/// A table of one kind of figure; libraries without any are left out.
fn table(
    page: &mut String,
    title: &str,
    workloads: &[&Workload],
    cell: impl Fn(&Workload, &str) -> Option<String>,
) {
    let has_figure = |library: &&&str| workloads.iter().any(|w| cell(w, library).is_some());
    let libraries: Vec<&str> = LIBRARIES.iter().filter(has_figure).copied().collect();
    if libraries.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n{title}:\n\n| | {} |", libraries.join(" | "));
    let _ = writeln!(page, "|---|{}", "---:|".repeat(libraries.len()));
    for workload in workloads {
        let cells = libraries.iter().map(|library| cell(workload, library).unwrap_or_default());
        let _ =
            writeln!(page, "| `{}` | {} |", workload.name, cells.collect::<Vec<_>>().join(" | "));
    }
}

fn time(results: &Results, workload: &Workload, library: &str, allocator: &str) -> Option<String> {
    let at = [workload.name, library, allocator];
    if let Some(failure) = results.failure(at) {
        return Some(format!("*{failure}*"));
    }
    let (minimum, median) = (results.minimum(at, TIME)?, results.median(at, TIME)?);
    let leaks = if library == "Rc" && workload.rc == WithRc::Leaks { ", leaks" } else { "" };
    Some(format!("**{}** ({}{leaks})", number(minimum), number(median)))
}

/// Three digits, about.
#[must_use]
pub(crate) fn number(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn space(page: &mut String, results: &Results) {
    let figures = [
        ("bytes_per_object", "bytes_per_object", "Bytes for each object"),
        ("memory_returned", "returned_share", "Share returned"),
        ("steady_churn", "steady_over_live", "Largest over live memory"),
        ("old_garbage", "made_until_freed", "Objects made until it was freed, over its own"),
        ("payload", "payload_over_live", "Largest over live memory"),
        ("phases", "held_mib", "MiB held by about one that lives"),
    ];
    for allocator in ALLOCATORS {
        let _ = writeln!(page, "\nOn {allocator}:\n");
        let header: Vec<_> = figures.iter().map(|(_, _, title)| *title).collect();
        let rule = "---:|".repeat(figures.len());
        let _ = writeln!(page, "| | {} |\n|---|{rule}", header.join(" | "));
        for library in LIBRARIES {
            let cells = figures.map(|(workload, figure, _)| {
                let at = [workload, library, allocator];
                let failure = results.failure(at).map(|failure| format!("*{failure}*"));
                failure.or_else(|| results.median(at, figure).map(number)).unwrap_or_default()
            });
            if cells.iter().any(|cell| !cell.is_empty()) {
                let _ = writeln!(page, "| {library} | {} |", cells.join(" | "));
            }
        }
    }
}

fn pauses(page: &mut String, results: &Results) {
    let figures = ["pause_median_ns", "pause_p999_ns", "pause_max_ns"];
    page.push_str("\nHow long one step of `pauses` took, microseconds, of the best round. ");
    page.push_str("The first two columns are about the steps during which a collection ran, ");
    page.push_str("known for libraries that count their collections:\n\n");
    page.push_str("| | median collection | p99.9 collection | longest step |\n");
    page.push_str("|---|---:|---:|---:|\n");
    for library in LIBRARIES {
        let value = |figure| results.minimum(["pauses", library, ALLOCATORS[0]], figure);
        let cells =
            figures.map(|figure| value(figure).map_or(String::new(), |v| number(v / 1000.0)));
        if cells.iter().any(|cell| !cell.is_empty()) {
            let _ = writeln!(page, "| {library} | {} |", cells.join(" | "));
        }
    }
}

/// Nanoseconds for each object of processes that end.
fn ends(page: &mut String, results: &Results) {
    let figures = [
        ("end_return_ns", "`main` returns"),
        ("end_exit_ns", "`std::process::exit`"),
        ("end_at_once_ns", "`_exit`"),
    ];
    for allocator in ALLOCATORS {
        let header: Vec<_> = figures.iter().map(|(_, title)| *title).collect();
        let mut lines = Vec::new();
        for library in LIBRARIES {
            let at = ["exit", library, allocator];
            let value = |figure| results.minimum(at, figure).map(number);
            let failure = results.failure(at).map(|failure| format!("*{failure}*"));
            let cells = figures.map(|(figure, _)| failure.clone().or_else(|| value(figure)));
            if cells.iter().any(Option::is_some) {
                let cells = cells.map(Option::unwrap_or_default);
                lines.push(format!("| {library} | {} |", cells.join(" | ")));
            }
        }
        if !lines.is_empty() {
            let _ = writeln!(page, "\nNanoseconds of the whole process, {allocator}:\n");
            let _ = writeln!(page, "| | {} |\n|---|---:|---:|---:|", header.join(" | "));
            let _ = writeln!(page, "{}", lines.join("\n"));
        }
    }
}

/// What is built without optimization.
fn dev(page: &mut String, results: &Results, workloads: &[&Workload]) {
    for name in DEV {
        table(page, &format!("Nanoseconds, {name}"), workloads, |workload, library| {
            time(results, workload, library, name)
        });
    }
}

fn failures(page: &mut String, results: &Results) {
    let mut lines = Vec::new();
    for workload in WORKLOADS {
        let columns = ALLOCATORS.into_iter().chain(DEV);
        for (library, allocator) in LIBRARIES
            .iter()
            .flat_map(|library| columns.clone().map(move |allocator| (*library, allocator)))
        {
            if let Some(failure) = results.failure([workload.name, library, allocator]) {
                lines
                    .push(format!("| {library} | `{}` | {allocator} | {failure} |", workload.name));
            }
        }
    }
    if !lines.is_empty() {
        page.push_str("\n## Failures\n\n| library | workload | allocator | |\n|---|---|---|---|\n");
        let _ = writeln!(page, "{}", lines.join("\n"));
    }
}

fn python(page: &mut String, results: &Results) {
    let mut lines = Vec::new();
    for workload in WORKLOADS {
        for library in results.libraries(workload.name) {
            let theirs = results.minimum([workload.name, library, cpython::ALLOCATOR], TIME);
            let ours = results.minimum([workload.name, "gcycle", ALLOCATORS[0]], TIME);
            if let Some((theirs, ours)) = theirs.zip(ours) {
                let (name, times) = (workload.name, theirs / ours);
                let (theirs, ours) = (number(theirs), number(ours));
                lines.push(format!("| `{name}` | {library} | {theirs} | {ours} | {times:.1} |"));
            }
        }
    }
    if lines.is_empty() {
        return;
    }
    page.push_str("\n## CPython\n\nNanoseconds for one dead object, as `gc.collect()` counts ");
    page.push_str("them (`rings_2`: for one ring, made and collected):\n\n");
    page.push_str("| | version | CPython | gcycle | times as fast |\n|---|---|---:|---:|---:|\n");
    let _ = writeln!(page, "{}", lines.join("\n"));
}
