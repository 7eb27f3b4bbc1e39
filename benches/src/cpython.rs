//! CPython itself: `gc.collect()` over the same garbage.

use std::path::{Path, PathBuf};

use crate::child;
use crate::options::Options;
use crate::results::{Results, TIME};

/// The column of CPython's figures instead of an allocator.
pub(crate) const ALLOCATOR: &str = "pymalloc";

/// What the figures of CPython are filed under.
pub(crate) const PREFIX: &str = "CPython ";

/// What `--libraries` calls it.
const LIBRARY: &str = "CPython";

/// The workloads that the script knows.
const WORKLOADS: [&str; 4] = ["rings_40_at_once", "rings_40_at_once_2m", "reclaim_dead", "rings_2"];

/// The workloads that CPython is to be timed with.
pub(crate) fn wanted(options: &Options) -> Vec<&'static str> {
    let is_wanted = |workload: &&str| options.wants_library(workload, LIBRARY);
    WORKLOADS.into_iter().filter(is_wanted).collect()
}

/// Times every interpreter that is there with these workloads, of which there are some:
/// without any, the script would take all it knows.
pub(crate) fn measure(here: &Path, pythons: &[PathBuf], workloads: &[&str], results: &mut Results) {
    let script = here.join("cpython").join("collect.py");
    let script = script.to_string_lossy();
    let arguments: Vec<&str> = [&*script].into_iter().chain(workloads.iter().copied()).collect();
    for python in pythons {
        match child::run(python, &arguments) {
            Ok(printed) => read(&printed, results),
            Err(failure) => eprintln!("{} is left out: {failure}", python.display()),
        }
    }
}

/// Takes in lines of the form `version workload nanoseconds`.
fn read(printed: &str, results: &mut Results) {
    for line in printed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let [version, workload, time] = words[..]
            && let Ok(time) = time.parse()
        {
            let library = format!("{PREFIX}{version}");
            results.add([workload, &library, ALLOCATOR], TIME, time);
        }
    }
}
