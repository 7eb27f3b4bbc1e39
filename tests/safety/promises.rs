//! `docs/safety.md` names the tests of each promise: they are there.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The names of the tests by the module they are in, or by the folder for
/// those in a `main.rs`.
fn tests_in(folder: &Path, tests: &mut HashMap<String, Vec<String>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests_in(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            let named = if path.ends_with("main.rs") { folder } else { &path };
            let module = named.file_stem().expect("a name").to_string_lossy().into_owned();
            let names = text.lines().filter_map(|line| line.trim().strip_prefix("fn "));
            let names = names.filter_map(|line| line.split('(').next()).map(str::to_owned);
            tests.entry(module).or_default().extend(names);
        }
    }
}

/// What stands in backticks and looks like the path of a test.
fn paths(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let quoted = text.lines().filter(|line| line.starts_with('|')).flat_map(|line| {
        line.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains(['(', ' ', '#']))
    });
    quoted
        .filter_map(|quoted| quoted.split_once("::"))
        .filter(|(module, _)| module.chars().all(|letter| letter.is_lowercase() || letter == '_'))
        .filter(|&(module, _)| !matches!(module, "gc" | "std"))
}

#[test]
#[cfg_attr(miri, ignore = "reads files, and runs no code of the library")]
fn the_tests_that_the_argument_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = HashMap::new();
    tests_in(&root.join("tests"), &mut tests);
    tests_in(&root.join("gc-core/src"), &mut tests);
    let text = fs::read_to_string(root.join("docs/safety.md")).expect("the page is there");
    let mut count = 0;
    for (module, name) in paths(&text) {
        let here = tests.get(module).unwrap_or_else(|| panic!("there is no file {module}.rs"));
        let is_there = match name.strip_suffix('*') {
            Some(start) => here.iter().any(|test| test.contains(start.trim_start_matches('*'))),
            None => here.iter().any(|test| test == name),
        };
        assert!(is_there, "there is no test {module}::{name}");
        count += 1;
    }
    assert!(count > 40, "{count} tests are named");
}

fn is_source(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "rs")
}

#[test]
#[cfg_attr(miri, ignore = "reads files, and runs no code of the library")]
fn the_files_that_the_pages_name_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = [
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/design.md",
        "docs/performance.md",
        "docs/safety.md",
    ];
    let mut count = 0;
    for page in pages {
        let text = fs::read_to_string(root.join(page)).expect("the page is there");
        let quoted = text.split('`').skip(1).step_by(2);
        for name in quoted.filter(|name| name != &"mod.rs" && is_source(name)) {
            let places = [root.join(name), root.join("gc-core/src").join(name)];
            let tests = root.join("tests/adversary").join(name);
            let is_there = places.iter().chain([&tests]).any(|place| place.is_file());
            assert!(is_there, "{page} names {name}, which is nowhere");
            count += 1;
        }
    }
    assert!(count > 60, "{count} files are named");
}
