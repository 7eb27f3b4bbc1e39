//! Writes the protocol once as it is and once with each bug of `bugs.rs`, each time with the
//! objects and scenarios that run it. So the models run the code of the library and no copy.

#[path = "bugs.rs"]
mod bugs;

use std::path::Path;
use std::{env, fs};

use bugs::{BUGS, Bug};

/// Where the protocol is.
const PROTOCOL: &str = "../../gc-core/src/sync/protocol";
/// Its files.
const FILES: [&str; 14] = [
    "word",
    "weak_count",
    "object",
    "weak",
    "exclusive",
    "traced",
    "candidates",
    "components",
    "generation",
    "members",
    "graph",
    "collection",
    "dead",
    "look",
];

fn main() {
    // Each variant takes seconds to compile.
    let without = env::var("GCYCLE_SYNC_BUGS").is_ok_and(|asked| asked == "none");
    let bugs: &[Bug] = if without { &[] } else { &BUGS };
    let mut variants = String::new();
    for (backend, harness) in [("loom", "scenarios"), ("shuttle", "programs")] {
        variants += &variant(backend, harness, "correct", None);
        for bug in bugs.iter().filter(|_| backend == "loom") {
            variants += &variant(backend, harness, bug.name, Some(bug));
        }
    }
    let found_by: Vec<_> =
        bugs.iter().map(|bug| format!("loom_{}: {:?}", bug.name, bug.found_by)).collect();
    variants += &format!(
        "#[cfg(all(test, bugs))]\nmacro_rules! for_each_bug {{ ($do:ident) => {{ $do! {{ {} }} }} }}\n",
        found_by.join(", ")
    );
    let out = env::var("OUT_DIR").expect("cargo names it");
    fs::write(Path::new(&out).join("variants.rs"), variants).expect("there is room");
    println!("cargo::rerun-if-env-changed=GCYCLE_SYNC_BUGS");
    println!("cargo::rustc-check-cfg=cfg(bugs)");
    if !without {
        println!("cargo::rustc-cfg=bugs");
    }
    for path in [PROTOCOL, "harness", "bugs.rs", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// A module with the protocol, the objects and the harness.
fn variant(backend: &str, harness: &str, name: &str, bug: Option<&Bug>) -> String {
    let name = format!("{backend}_{name}");
    let mut module = format!(
        "#[allow(dead_code, unused)]\npub mod {name} {{\n\
         pub(crate) use crate::backend::{backend} as backend;\n\
         pub(crate) use crate::backend::{backend}::atomic;\n"
    );
    let mut applied = 0;
    for file in FILES {
        let mut source = read(PROTOCOL, file);
        for (_, from, to) in bug.into_iter().flat_map(|bug| bug.edits).filter(|edit| edit.0 == file)
        {
            assert_eq!(source.matches(from).count(), 1, "{name}: {file}.rs has once: {from}");
            source = source.replace(from, to);
            applied += 1;
        }
        let source = source
            .replace("crate::sync::protocol", &format!("crate::{name}"))
            .replace("core::sync::atomic", &format!("crate::{name}::atomic"))
            .replace("pub(crate) const fn", "pub(crate) fn");
        module += &format!("pub(crate) mod {file} {{\n{source}}}\n");
    }
    assert_eq!(applied, bug.map_or(0, |bug| bug.edits.len()), "{name}: a file is misspelt");
    for file in ["objects", harness] {
        module += &format!("pub(crate) mod {file} {{\n{}}}\n", read("harness", file));
    }
    module + "}\n"
}

/// The source of a file, without the comment on the whole file and without its unit tests.
fn read(folder: &str, file: &str) -> String {
    let path = format!("{folder}/{file}.rs");
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = source.lines().filter(|line| !line.starts_with("//!"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
