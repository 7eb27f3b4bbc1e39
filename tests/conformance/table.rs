//! Holds `docs/conformance.md` and the tests to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

const PAGE: &str = include_str!("../../docs/conformance.md");
/// Where the public functions are.
const GC_MODULE: &str = include_str!("../../gc-core/src/gc/control.rs");
const DEBUG_FLAGS: &str = include_str!("../../gc-core/src/collect/debug.rs");

/// The modules of CPython, with the number of cases and of those that must
/// pass.
const MODULES: [(&str, usize, usize); 3] =
    [("test_gc", 57, 36), ("test_finalization", 18, 13), ("test_weakref", 49, 40)];

/// Functions that Python's module does not have.
const OURS: [&str; 12] = [
    "collect_if_due",
    "pause",
    "id",
    "memory",
    "trim",
    "set_budget",
    "get_budget",
    "step",
    "set_pace",
    "get_pace",
    "add_pressure",
    "leak_at_exit",
];

/// The rows of the tables under a heading, without their head; one list of
/// rows for each table.
fn tables(heading: &str) -> Vec<Vec<Vec<&'static str>>> {
    let start = format!("\n## {heading}\n");
    let section = PAGE.split_once(&start).unwrap_or_else(|| panic!("no heading {heading}")).1;
    let section = section.split("\n## ").next().unwrap();
    let mut tables = Vec::new();
    for block in section.split("\n\n") {
        let lines = block.lines().filter(|line| line.starts_with('|')).skip(2);
        let cells = |line: &'static str| {
            let line = line.trim_matches('|');
            line.split('|').map(str::trim).collect::<Vec<_>>()
        };
        let rows: Vec<Vec<&str>> = lines.map(cells).collect();
        if !rows.is_empty() {
            tables.push(rows);
        }
    }
    tables
}

/// What stands between backticks in `cell`.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What a row says of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Passes,
    Partly,
    CannotExist,
}

impl Verdict {
    fn of(cell: &str) -> Verdict {
        match cell {
            "passes" => Verdict::Passes,
            "partly" => Verdict::Partly,
            "cannot exist" => Verdict::CannotExist,
            _ => panic!("{cell} is no verdict"),
        }
    }
}

/// The test for a case: two classes of `test_finalization` have cases of one
/// name, so a class is a module there.
fn test_of(module: &str, case: &str) -> String {
    let (class, name) = case.rsplit_once('.').unwrap_or(("", case));
    let class = match class {
        "SimpleFinalizationTest" => "simple::",
        "SelfCycleFinalizationTest" => "self_cycle::",
        "CycleChainFinalizationTest" => "cycle_chain::",
        "LegacyFinalizationTest" => "legacy::",
        _ => "",
    };
    format!("{module}::{class}{name}")
}

/// The verdicts by the name of the test, for the first table of a module or
/// for all.
fn verdicts(module: &str, tables_to_read: usize) -> BTreeMap<String, Verdict> {
    let mut verdicts = BTreeMap::new();
    for row in tables(module).iter().take(tables_to_read).flatten() {
        let [case, verdict, what] = row[..] else { panic!("three cells in {row:?}") };
        let verdict = Verdict::of(verdict);
        assert!(verdict == Verdict::Passes || !what.is_empty(), "{case} needs an explanation");
        let test = test_of(module, case.trim_matches('`'));
        assert!(verdicts.insert(test, verdict).is_none(), "{case} has two rows");
    }
    verdicts
}

/// The names of the tests in this binary.
fn tests() -> BTreeSet<String> {
    let output = Command::new(env::current_exe().unwrap()).arg("--list").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(String::from).collect()
}

#[test]
fn every_case_has_the_test_that_its_row_claims() {
    let tests = tests();
    for (module, ..) in MODULES {
        let verdicts = verdicts(module, usize::MAX);
        let claimed = verdicts.iter().filter(|(_, verdict)| **verdict != Verdict::CannotExist);
        let claimed: BTreeSet<&String> = claimed.map(|(test, _)| test).collect();
        let prefix = format!("{module}::");
        let there: BTreeSet<&String> =
            tests.iter().filter(|test| test.starts_with(&prefix)).collect();
        let without_test: Vec<_> = claimed.difference(&there).collect();
        let without_row: Vec<_> = there.difference(&claimed).collect();
        assert!(without_test.is_empty(), "rows without a test: {without_test:?}");
        assert!(without_row.is_empty(), "tests without a row: {without_row:?}");
    }
}

#[test]
fn the_numbers_of_cases_are_those_of_the_rows() {
    for (module, cases, least) in MODULES {
        let verdicts = verdicts(module, 1);
        let count = |wanted| verdicts.values().filter(|&&verdict| verdict == wanted).count();
        assert_eq!(verdicts.len(), cases, "cases of {module}");
        let numbers = [Verdict::Passes, Verdict::Partly, Verdict::CannotExist].map(count);
        assert!(numbers[0] >= least, "{} cases of {module} pass", numbers[0]);
        let [passes, partly, cannot_exist] = numbers;
        let row = format!("| `{module}` | {cases} | {passes} | {partly} | {cannot_exist} |");
        assert!(PAGE.contains(&row), "the summary should have\n{row}");
    }
}

#[test]
fn the_page_says_how_many_of_the_rows_that_pass_need_threads_in_cpython() {
    let verdicts = verdicts("test_weakref", 1);
    let passing: Vec<&String> = verdicts
        .iter()
        .filter(|(_, verdict)| **verdict == Verdict::Passes)
        .map(|(test, _)| test)
        .collect();
    let threaded = passing.iter().filter(|test| test.contains("::test_threaded_")).count();
    let sentence = format!("Of the {} rows that pass, {threaded} are `threaded_*`", passing.len());
    assert!(PAGE.contains(&sentence), "the page should say\n{sentence}");
}

/// The public functions of the module `gc`.
fn functions() -> BTreeSet<&'static str> {
    let heads = GC_MODULE.lines().filter_map(|line| line.strip_prefix("pub fn "));
    heads.map(|head| head.split(['(', '<']).next().unwrap()).collect()
}

#[test]
fn every_function_of_the_module_has_a_counterpart() {
    let functions = functions();
    let mut described: BTreeSet<&str> = BTreeSet::from(OURS);
    let rows = ["The functions of `gc`", "The attributes and constants of `gc`"].map(tables);
    for row in rows.iter().flatten().flatten() {
        let [python, here, reason] = row[..] else { panic!("three cells in {row:?}") };
        assert!(here != "no" || !reason.is_empty(), "{python} is left out without a reason");
        for name in names(here) {
            if let Some(function) = name.strip_prefix("gc::") {
                assert!(functions.contains(function), "there is no {name}");
                described.insert(function);
            } else {
                let flag = name.strip_prefix("DebugFlags::").expect("a function or a flag");
                assert!(DEBUG_FLAGS.contains(&format!("const {flag} =")), "there is no {name}");
            }
        }
    }
    assert_eq!(functions, described);
}

#[test]
fn every_function_and_constant_of_python_has_a_row() {
    let python = [
        "enable",
        "disable",
        "isenabled",
        "collect",
        "set_debug",
        "get_debug",
        "get_objects",
        "get_stats",
        "set_threshold",
        "get_threshold",
        "get_count",
        "get_referrers",
        "get_referents",
        "is_tracked",
        "is_finalized",
        "freeze",
        "unfreeze",
        "get_freeze_count",
        "garbage",
        "callbacks",
        "DEBUG_STATS",
        "DEBUG_COLLECTABLE",
        "DEBUG_UNCOLLECTABLE",
        "DEBUG_INSTANCES",
        "DEBUG_OBJECTS",
        "DEBUG_SAVEALL",
        "DEBUG_LEAK",
    ];
    let rows = ["The functions of `gc`", "The attributes and constants of `gc`"].map(tables);
    let first = rows.iter().flatten().flatten().flat_map(|row| names(row[0]));
    let described: Vec<&str> = first.map(|name| name.split('(').next().unwrap()).collect();
    assert_eq!(described, python);
}
