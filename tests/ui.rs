//! What the compiler says to people: each case in `ui/<topic>` is one rule and
//! the exact message, reviewed; a module of the same name in `ui/pass/<topic>.rs`
//! is the twin that does it right.
//!
//! After a change of the messages, run with `TRYBUILD=overwrite` and read the
//! difference. The compiler's part of the texts is that of Rust 1.95.

extern crate alloc;

use alloc::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FOLDER: &str = "tests/ui";

/// The topics that need the feature `isolates`.
const ISOLATES: &[&str] = &["movable"];

#[test]
fn messages_are_as_reviewed() {
    check_messages(|topic| !ISOLATES.contains(&topic));
}

#[test]
#[cfg_attr(not(feature = "isolates"), ignore = "needs the feature `isolates`")]
fn messages_of_isolates_are_as_reviewed() {
    check_messages(|topic| ISOLATES.contains(&topic));
}

/// Compiles the cases of the topics that are `chosen`.
fn check_messages(chosen: impl Fn(&str) -> bool) {
    let cases = trybuild::TestCases::new();
    for topic in topics().iter().filter(|topic| chosen(topic)) {
        cases.pass(format!("{FOLDER}/pass/{topic}.rs"));
        cases.compile_fail(format!("{FOLDER}/{topic}/*.rs"));
    }
}

#[test]
fn every_rule_has_a_twin_that_passes() {
    let mut alone = Vec::new();
    for topic in topics() {
        let rules = names(&format!("{FOLDER}/{topic}"), ".rs");
        let file = format!("{FOLDER}/pass/{topic}.rs");
        let twins = modules(&fs::read_to_string(&file).unwrap_or_default());
        for rule in rules.difference(&twins) {
            alone.push(format!("{topic}/{rule}.rs has no module in {file}"));
        }
        for twin in twins.difference(&rules) {
            alone.push(format!("module {twin} of {file} has no {topic}/{twin}.rs"));
        }
    }
    let topics = topics();
    for file in names(&format!("{FOLDER}/pass"), ".rs").difference(&topics) {
        alone.push(format!("pass/{file}.rs has no topic"));
    }
    assert!(alone.is_empty(), "{}", alone.join("\n"));
}

#[test]
fn every_message_belongs_to_a_case() {
    for topic in topics() {
        let folder = format!("{FOLDER}/{topic}");
        let (messages, cases) = (names(&folder, ".stderr"), names(&folder, ".rs"));
        let alone: Vec<&String> = messages.difference(&cases).collect();
        assert!(alone.is_empty(), "in {folder}: {alone:?}");
    }
}

/// The folders of cases.
fn topics() -> BTreeSet<String> {
    let mut topics = names(FOLDER, "");
    topics.remove("pass");
    topics.retain(|topic| Path::new(FOLDER).join(topic).is_dir());
    topics
}

/// What stands in `folder` with `ending`, without it.
fn names(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("the folder can be read").file_name().into_string();
        name.expect("the name is text").strip_suffix(ending).map(str::to_owned)
    };
    entries.filter_map(name).collect()
}

/// The modules that `source` opens at the left margin.
fn modules(source: &str) -> BTreeSet<String> {
    let name = |line: &str| Some(line.strip_prefix("mod ")?.strip_suffix(" {")?.to_owned());
    source.lines().filter_map(name).collect()
}
