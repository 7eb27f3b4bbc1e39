//! The Lox example does what the comments in its scripts say.
//!
//! Every script in `examples/lox/scripts` carries its expectations:
//!
//! ```text
//!   // expect: text                  a line of output
//!   // Error at 'x': text            a compile error on this line; exit code 65
//!   // [line 3] Error at 'x': text   the same, on that line
//!   // expect runtime error: text    an error on this line; exit code 70
//!   // trace: [line 3] in f()        a call that led to it, innermost first
//! ```
//!
//! The tests run the example as a process.

#[path = "../example/mod.rs"]
mod example;
mod expected;
mod flags;
mod limits;
mod process;

use std::fs;
use std::path::Path;

use crate::example::files_under;
use crate::expected::Expected;
use crate::process::lox;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts");

/// Runs all scripts but the benchmarks and compares.
fn check_scripts(flags: &[&str]) {
    let mut failures = Vec::new();
    let scripts = files_under(Path::new(SCRIPTS), "lox");
    let scripts = scripts.iter().filter(|path| !path.starts_with(Path::new(SCRIPTS).join("bench")));
    let mut count = 0;
    for path in scripts {
        count += 1;
        let source = fs::read_to_string(path).expect("the script can be read");
        let expected = Expected::of(&source);
        if let Some(difference) = expected.difference(&lox(path, flags)) {
            failures.push(format!("{}: {difference}", path.display()));
        }
    }
    assert!(count >= 70, "only {count} scripts were found");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_script_does_what_its_comments_say() {
    check_scripts(&[]);
}

#[test]
fn every_script_does_so_when_each_few_allocations_collect() {
    check_scripts(&["--gc-threshold", "1,1,1"]);
}

#[test]
fn every_script_does_so_without_the_collector() {
    check_scripts(&["--gc-off"]);
}

#[test]
fn every_script_does_so_with_the_plain_instructions() {
    check_scripts(&["--plain-code"]);
}
