//! CPython itself: `gc.collect()` over the same garbage.

use std::path::{Path, PathBuf};

use crate::child;
use crate::results::{Results, TIME};

/// The column of CPython's figures instead of an allocator.
pub(crate) const ALLOCATOR: &str = "pymalloc";

/// What the figures of CPython are filed under.
pub(crate) const PREFIX: &str = "CPython ";

/// Times every interpreter that is there.
pub(crate) fn measure(here: &Path, pythons: &[PathBuf], results: &mut Results) {
    let script = here.join("cpython").join("collect.py");
    for python in pythons {
        match child::run(python, &[&script.to_string_lossy()]) {
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
