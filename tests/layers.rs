//! Holds the code to the order of rooms in CONTRIBUTING.md: a file imports from the rooms
//! below its own, and no files import from each other in a circle.
//!
//! Only paths count, wherever they stand: in `use`, in code and in macros. Unit tests may
//! use the whole crate.

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use core::str::FromStr;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const PAGE: &str = include_str!("../CONTRIBUTING.md");

/// The modules of a crate by their paths, `["memory", "page"]`, and what they hold.
type Modules = BTreeMap<Vec<String>, Source>;

struct Source {
    /// From `src`, with slashes.
    file: String,
    tokens: TokenStream,
}

/// The rooms in the table under "Layers", from the bottom.
fn rooms() -> Vec<String> {
    let section = PAGE.split_once("\n## Layers\n").expect("a heading").1;
    let section = section.split("\n## ").next().expect("a section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split_once("/`").expect("a folder").0.to_owned()).collect()
}

/// The module that a file is, as a path.
fn module_of(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").expect("a source file");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

fn modules<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Modules {
    let module = |(file, text): (&str, &str)| {
        let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        (module_of(file), Source { file: file.to_owned(), tokens })
    };
    files.into_iter().map(module).collect()
}

/// All source files in `folder`, by their paths in it.
fn read(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(folder).expect("inside of it");
                let name = name.to_str().expect("plain names").replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    files
}

/// What the tokens of one file say.
#[derive(Default)]
struct Found {
    /// Paths that start with `crate`, `super`, `self` or any other name.
    paths: Vec<Vec<String>>,
    /// Modules that exist in tests only.
    test_modules: Vec<String>,
}

impl Found {
    fn of(tokens: TokenStream) -> Found {
        let mut found = Found::default();
        found.walk(&tokens.into_iter().collect::<Vec<_>>());
        found
    }

    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            if is_test_attribute(&tokens[at..]) {
                at = self.skip_item(tokens, at + 2);
                continue;
            }
            match &tokens[at] {
                TokenTree::Group(group) => {
                    self.walk(&group.stream().into_iter().collect::<Vec<_>>());
                    at += 1;
                }
                TokenTree::Ident(_) => at = self.path(tokens, at, &[]),
                _ => at += 1,
            }
        }
    }

    /// Reads the path at `at`, which goes on from `base`, with all that its braces
    /// hold; returns where it ends.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, base: &[String]) -> usize {
        let mut path = base.to_vec();
        while let Some(TokenTree::Ident(name)) = tokens.get(at) {
            path.push(name.to_string());
            at += 1;
            if !is_colons(&tokens[at..]) {
                break;
            }
            at += 2;
        }
        let group = match tokens.get(at) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => {
                self.paths.push(path);
                return at;
            }
        };
        if at < 2 || !is_colons(&tokens[at - 2..]) {
            self.paths.push(path);
            return at;
        }
        let inner: Vec<_> = group.stream().into_iter().collect();
        let mut start = 0;
        while start < inner.len() {
            start = match &inner[start] {
                TokenTree::Ident(_) => self.path(&inner, start, &path),
                _ => start + 1,
            };
        }
        at + 1
    }

    /// Passes by what exists in tests only.
    fn skip_item(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        let is_name = |at: usize, name: &str| matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == name);
        while let Some(token) = tokens.get(at) {
            if is_name(at, "mod")
                && let Some(TokenTree::Ident(name)) = tokens.get(at + 1)
            {
                self.test_modules.push(name.to_string());
            }
            at += 1;
            let is_end = match token {
                TokenTree::Punct(punct) => punct.as_char() == ';' || punct.as_char() == ',',
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            if is_end {
                break;
            }
        }
        at
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':')
}

/// Whether `#[cfg(test)]` comes, alone or with other conditions.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(1) else { return false };
    let text = group.stream().to_string().replace(' ', "");
    is_punct(tokens.first(), '#') && (text == "cfg(test)" || text.starts_with("cfg(all(test"))
}

/// The modules that `from` imports from, each with a path that says so.
fn imports(
    from: &[String],
    paths: &[Vec<String>],
    modules: &Modules,
) -> Vec<(Vec<String>, String)> {
    let mut imports = Vec::new();
    for path in paths {
        let (mut base, mut rest): (Vec<String>, &[String]) = match path[0].as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.to_vec(), &path[1..]),
            "super" => (from.to_vec(), path),
            // A name alone is a variable, a type, a field; a path may start in a module
            // of this one.
            _ if path.len() > 1 => (from.to_vec(), path),
            _ => continue,
        };
        while rest.first().is_some_and(|name| name == "super") {
            base.pop();
            rest = &rest[1..];
        }
        let mut target = base.clone();
        for name in rest {
            target.push(name.clone());
            if !modules.contains_key(&target) {
                target.pop();
                break;
            }
        }
        // Of `crate::name` the root is meant only if `name` is no module.
        let is_own = target == from || (target == base && path[0] != "crate" && path[0] != "super");
        if !is_own && !rest.is_empty() {
            imports.push((target, path.join("::")));
        }
    }
    imports
}

/// What is wrong in a crate, one sentence for each fault.
fn faults(modules: &Modules, rooms: &[String]) -> Vec<String> {
    let mut found: BTreeMap<&Vec<String>, Found> = BTreeMap::new();
    for (module, source) in modules {
        found.insert(module, Found::of(source.tokens.clone()));
    }
    let mut tests: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, found) in &found {
        for name in &found.test_modules {
            tests.insert([module.as_slice(), core::slice::from_ref(name)].concat());
        }
    }
    let is_test = |module: &[String]| tests.iter().any(|test| module.starts_with(test));
    let mut faults = Vec::new();
    let mut edges: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (&module, found) in &found {
        if is_test(module) || module.is_empty() {
            continue;
        }
        let file = &modules[module].file;
        if !rooms.is_empty() && room_of(module, rooms).is_none() {
            faults.push(format!("{file} is in no room"));
        }
        for (target, path) in imports(module, &found.paths, modules) {
            if target.is_empty() {
                if !path.starts_with("crate::__") {
                    faults.push(format!("{file} imports `{path}` from where it is re-exported"));
                }
                continue;
            }
            if room_of(&target, rooms) > room_of(module, rooms) {
                let above = &modules[&target].file;
                faults.push(format!("{file} imports `{path}` from {above}, which is above it"));
            }
            edges.entry(module).or_default().insert(target);
        }
    }
    faults.extend(circles(&edges).into_iter().map(|circle| {
        let files: Vec<_> = circle.iter().map(|&module| &*modules[module].file).collect();
        format!("these import from each other in a circle: {}", files.join(", "))
    }));
    faults
}

/// The number of the room that a module is in, from the bottom.
fn room_of(module: &[String], rooms: &[String]) -> Option<usize> {
    let path = module.join("/") + "/";
    let inside = |room: &String| path.starts_with(&format!("{room}/"));
    let matching = rooms.iter().enumerate().filter(|(_, room)| inside(room));
    matching.max_by_key(|(_, room)| room.len()).map(|(number, _)| number)
}

/// Modules that reach themselves, those of one circle together.
fn circles<'a>(
    edges: &BTreeMap<&'a Vec<String>, BTreeSet<Vec<String>>>,
) -> BTreeSet<BTreeSet<&'a Vec<String>>> {
    let reached = |start: &Vec<String>| {
        let mut reached = BTreeSet::new();
        let mut pending: Vec<&Vec<String>> = vec![start];
        while let Some(at) = pending.pop() {
            for target in edges.get(at).into_iter().flatten() {
                if reached.insert(target) {
                    pending.push(target);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<_, _> = edges.keys().map(|&start| (start, reached(start))).collect();
    let mut circles = BTreeSet::new();
    for (&start, targets) in &reached {
        let back =
            |&module: &&'a Vec<String>| targets.contains(module) && reached[module].contains(start);
        let circle: BTreeSet<_> = reached.keys().copied().filter(back).collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    circles
}

/// [`faults`] of these files, with the rooms `below`, `above/inner` and `above`.
fn faults_of<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
    let rooms = ["below", "above/inner", "above"].map(str::to_owned);
    let mounts = rooms.iter().map(|room| (format!("{room}/mod.rs"), String::new()));
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let all: BTreeMap<_, _> = mounts.chain(files).collect();
    faults(&modules(all.iter().map(|(file, text)| (&**file, &**text))), &rooms)
}

#[test]
fn every_file_imports_from_the_rooms_below_its_own_and_never_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rooms = rooms();
    assert!(rooms.len() >= 8, "{rooms:?}");
    for room in &rooms {
        assert!(root.join("gc-core/src").join(room).is_dir(), "{room} is no folder");
    }
    for (folder, rooms) in [("gc-core/src", &*rooms), ("gc-derive/src", &[])] {
        let files = read(&root.join(folder));
        assert!(files.len() > 5, "{folder}");
        let modules = modules(files.iter().map(|(name, text)| (&**name, &**text)));
        let faults = faults(&modules, rooms);
        assert!(faults.is_empty(), "in {folder}:\n{}", faults.join("\n"));
    }
}

#[test]
fn an_import_from_above_is_a_fault_wherever_it_stands() {
    let above = ("above/high.rs", "pub(crate) struct High;");
    for import in [
        "use crate::above::high::High;",
        "use crate::{above::{high::{High}}};",
        "use super::super::above::high;",
        "fn f() { crate::above::high::High; }",
        "macro_rules! m { () => { $crate::above::high::High } }",
        "const X: [u8; { let _ = crate::above::high::High; 1 }] = [0];",
    ] {
        let faults = faults_of([("below/low.rs", import), above]);
        assert_eq!(faults.len(), 1, "{import}: {faults:?}");
        assert!(faults[0].starts_with("below/low.rs imports"), "{faults:?}");
        assert!(faults[0].ends_with("from above/high.rs, which is above it"), "{faults:?}");
    }
}

#[test]
fn an_import_from_below_or_beside_is_none() {
    let faults = faults_of([
        ("lib.rs", "mod above; mod below; pub use above::high::High;"),
        ("below/low.rs", "pub(crate) struct Low;"),
        ("above/mod.rs", "pub(crate) mod high; mod inner; mod wide;"),
        ("above/high.rs", "use crate::below::low::Low; use super::wide; fn f() { wide::g() }"),
        ("above/wide.rs", "use super::inner::deep; fn g() { crate::below::low::h::<u8>() }"),
        ("above/inner/deep.rs", "use crate::below::low;"),
    ]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn rooms_inside_of_a_room_have_an_order_too() {
    let faults =
        faults_of([("above/high.rs", ""), ("above/inner/deep.rs", "use crate::above::high;")]);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn a_circle_is_a_fault_also_within_a_room() {
    let faults = faults_of([
        ("below/a.rs", "use super::b::B;"),
        ("below/b.rs", "use crate::below::c;"),
        ("below/c.rs", "use super::{a, d};"),
        ("below/d.rs", ""),
    ]);
    let circle = "these import from each other in a circle: below/a.rs, below/b.rs, below/c.rs";
    assert_eq!(faults, [circle]);
}

#[test]
fn a_file_and_its_own_modules_may_not_import_from_each_other() {
    let faults =
        faults_of([("below/a.rs", "mod part; use part::P;"), ("below/a/part.rs", "use super::A;")]);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn unit_tests_may_import_what_they_like() {
    let faults = faults_of([
        (
            "below/low.rs",
            "#[cfg(test)] mod tests { use crate::above::high; } #[cfg(test)] mod more;
             #[cfg(test)] use crate::above::high; struct S { #[cfg(test)] a: u8, b: u8 }",
        ),
        ("below/low/more.rs", "use crate::above::high;"),
        ("above/high.rs", ""),
    ]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_re_export_is_no_place_to_import_from() {
    let faults = faults_of([
        ("lib.rs", "mod below; pub use below::low::Low;"),
        ("below/low.rs", "pub struct Low;"),
        ("above/high.rs", "use crate::Low; fn f() { crate::__private::g() }"),
    ]);
    assert_eq!(faults, ["above/high.rs imports `crate::Low` from where it is re-exported"]);
}

#[test]
fn a_file_outside_of_all_rooms_is_a_fault() {
    assert_eq!(faults_of([("stray.rs", "")]), ["stray.rs is in no room"]);
}
