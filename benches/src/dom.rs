//! The main job: `examples/dom` parses one large page, walks it and drops it, on `Gc` and on
//! `markup5ever_rcdom`, the tree of the parser's authors on `Rc` and `Weak`.
//!
//! It is the program as users start it, so that its times are those of a clock. Its rounds take
//! turns, and it reports the best.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::child;
use crate::options::Options;
use crate::results::Results;
use crate::workers::ALLOCATORS;

/// What its figures are filed under, instead of a workload's name.
pub(crate) const WORKLOAD: &str = "dom_page";

/// The two trees, as results and as the report of the example name them.
pub(crate) const TREES: [(&str, &str); 2] = [("gcycle", "gc"), ("markup5ever_rcdom", "rc")];

/// The times that it reports.
const TIMES: [&str; 3] = ["parse_ns", "visit_ns", "drop_ns"];

/// Their sum.
pub(crate) const ALL: &str = "all_ns";

/// The page has so many of these: 800,005 nodes.
const PARAGRAPHS: (&str, usize) = ("<p>x<a href=y>z</a>", 200_000);

/// The example and its page.
#[derive(Debug)]
pub(crate) struct Dom {
    program: PathBuf,
    page: PathBuf,
}

impl Dom {
    /// Compiles the example and writes the page, if the command line asks for it.
    ///
    /// # Errors
    ///
    /// If cargo cannot, or the page cannot be written.
    pub(crate) fn build(here: &Path, options: &Options) -> Result<Option<Dom>, Box<dyn Error>> {
        if !options.wants(WORKLOAD, TREES[0].0, ALLOCATORS[0]) {
            return Ok(None);
        }
        let target = here.join("target").join("dom");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["build", "--release", "--package", "gcycle-example-dom", "--example", "dom"])
            .arg("--manifest-path")
            .arg(here.join("..").join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target);
        if !command.status()?.success() {
            return Err("examples/dom does not compile".into());
        }
        let page = target.join("page.html");
        fs::write(&page, PARAGRAPHS.0.repeat(PARAGRAPHS.1))?;
        Ok(Some(Dom { program: target.join("release").join("examples").join("dom"), page }))
    }

    /// Runs it once.
    pub(crate) fn measure(&self, results: &mut Results) {
        let page = self.page.to_string_lossy();
        match child::run(&self.program, &["--compare", "--json", &page]) {
            Ok(report) => read(&report, results),
            Err(failure) => eprintln!("{WORKLOAD} is left out: {failure}"),
        }
    }
}

/// Forgets what was measured before.
pub(crate) fn forget(results: &mut Results) {
    for (library, _) in TREES {
        results.forget([WORKLOAD, library, ALLOCATORS[0]]);
    }
}

/// Takes in the example's report.
fn read(report: &str, results: &mut Results) {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    for (library, tree) in TREES {
        let times = TIMES.map(|time| report["compare"][tree][time].as_f64());
        let at = [WORKLOAD, library, ALLOCATORS[0]];
        if let [Some(parse), Some(visit), Some(drop)] = times {
            for (name, time) in TIMES.into_iter().zip([parse, visit, drop]) {
                results.add(at, name, time);
            }
            results.add(at, ALL, parse + visit + drop);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, WORKLOAD, read};
    use crate::results::Results;

    #[test]
    fn the_times_of_both_trees_are_taken_in_with_their_sum() {
        let mut results = Results::default();
        let tree = r#"{ "parse_ns": 5, "visit_ns": 2, "drop_ns": 3, "bytes": 9 }"#;
        read(&format!(r#"{{ "compare": {{ "gc": {tree}, "rc": {tree} }} }}"#), &mut results);
        for library in ["gcycle", "markup5ever_rcdom"] {
            let at = [WORKLOAD, library, "glibc"];
            assert_eq!(results.minimum(at, ALL), Some(10.0));
            assert_eq!(results.minimum(at, "drop_ns"), Some(3.0));
        }
    }

    #[test]
    fn a_page_that_could_not_be_compared_has_no_times() {
        let mut results = Results::default();
        read(r#"{ "compare": null }"#, &mut results);
        read("no report", &mut results);
        assert_eq!(results.minimum([WORKLOAD, "gcycle", "glibc"], ALL), None);
    }
}
