//! Every `unsafe` block says why it is sound, and every `unsafe fn` and
//! `unsafe trait` says what it asks for. Counted over all sources of the
//! project; the numbers are printed, and 0 may be unlabelled.
//!
//! Clippy's `undocumented_unsafe_blocks` says the same, but only of code that
//! is compiled: not of features that are off, macros that are not used and
//! other platforms.

use std::fs;
use std::path::{Path, PathBuf};

/// All Rust files below `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let is_ours = !["target", "ui", "expand"].contains(&&*name) && !name.starts_with('.');
        if path.is_dir() && is_ours {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What an `unsafe` in `line` begins, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// A block or an `impl`: it needs `// SAFETY:`.
    Claim,
    /// A function or a trait: it needs `# Safety`.
    Demand,
}

/// `line` without comments and without what is between quotes.
fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut in_text = false;
    let mut before = ' ';
    for letter in line.chars() {
        if letter == '"' && before != '\\' {
            in_text = !in_text;
        } else if !in_text {
            code.push(letter);
        }
        before = letter;
    }
    code.split("//").next().expect("split yields one").to_owned()
}

fn find(line: &str) -> Option<Found> {
    let code = code_of(line);
    let words: Vec<&str> =
        code.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).collect();
    let position = words.iter().position(|&word| word == "unsafe")?;
    let behind = code.split("unsafe").nth(1)?.trim_start();
    let next = words[position + 1..].iter().find(|word| !word.is_empty()).copied();
    if behind.starts_with('{') {
        return Some(Found::Claim);
    }
    match next {
        Some("impl") => Some(Found::Claim),
        // A pointer to an unsafe function is a type, not a function.
        Some("fn") if behind.starts_with("fn(") => None,
        Some("fn") if code.trim_start().starts_with("unsafe extern") => None,
        Some("fn" | "trait") => Some(Found::Demand),
        _ => None,
    }
}

/// The comments and attributes right above line `index`, nearest first, and
/// those of the statement that it belongs to.
fn above<'a>(lines: &'a [&str], index: usize) -> impl Iterator<Item = &'a str> {
    let mut in_comments = false;
    lines[..index].iter().rev().map(|line| line.trim()).take_while(move |line| {
        let is_comment = line.starts_with("//") || line.starts_with('#');
        // A statement may begin a few lines above its block, and the comment
        // stands above the statement.
        let ends_statement = line.ends_with([';', '}']) || line.is_empty();
        let goes_on = is_comment || (!in_comments && !ends_statement);
        in_comments |= is_comment;
        goes_on
    })
}

/// Whether line `index` is in the implementation of a trait: a method there has
/// the demands of its trait and none of its own.
fn keeps_a_contract(lines: &[&str], index: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_head = |line: &str| {
        let code = line.trim_start();
        code.starts_with("impl") || code.starts_with("unsafe impl")
    };
    let inside = indent(lines[index]);
    let head = (0..index).rev().find(|&at| indent(lines[at]) < inside && is_head(lines[at]));
    let Some(head) = head else { return false };
    let text = lines[head..=index].join(" ");
    text.split('{').next().is_some_and(|head| head.contains(" for "))
}

/// How often each kind was found, and where a label is missing.
fn check(path: &Path, counts: &mut [usize; 2], missing: &mut Vec<String>) {
    let text = fs::read_to_string(path).expect("a text");
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some(found) = find(line) else { continue };
        counts[found as usize] += 1;
        let is_labelled = match found {
            Found::Claim => above(&lines, index).any(|above| above.contains("SAFETY:")),
            Found::Demand => {
                keeps_a_contract(&lines, index)
                    || above(&lines, index).any(|above| above.contains("# Safety"))
            }
        };
        if !is_labelled {
            missing.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
        }
    }
}

#[test]
fn every_unsafe_block_has_a_label() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    // Not `gc-derive`: what it contains is the text of code that it writes.
    for folder in ["src", "gc-core", "examples", "tests", "fuzz", "benches"] {
        if root.join(folder).is_dir() {
            sources(&root.join(folder), &mut files);
        }
    }
    assert!(files.len() > 50, "the sources were found");
    let (mut counts, mut missing) = ([0; 2], Vec::new());
    for file in &files {
        check(file, &mut counts, &mut missing);
    }
    let [claims, demands] = counts;
    println!("{claims} unsafe blocks and implementations, {demands} unsafe functions and traits");
    println!("{} without a label", missing.len());
    assert!(claims > 100, "the search works");
    assert!(missing.is_empty(), "without a label:\n{}", missing.join("\n"));
}

#[test]
fn the_search_for_labels_finds_what_it_should() {
    assert_eq!(find("    let x = unsafe { y };"), Some(Found::Claim));
    assert_eq!(find("unsafe impl<T> Trace for T {"), Some(Found::Claim));
    assert_eq!(find("    pub(crate) unsafe fn free(self) {"), Some(Found::Demand));
    assert_eq!(find("pub unsafe trait Trace {"), Some(Found::Demand));
    assert_eq!(find("    trace: unsafe fn(ObjPtr, &mut EdgeBuffer),"), None);
    assert_eq!(find("// An unsafe { block } in a comment."), None);
    assert_eq!(find("let text = \"unsafe { }\";"), None);
    let lines = ["// SAFETY: as promised.", "let x =", "    unsafe { y };"];
    assert!(above(&lines, 2).any(|line| line.contains("SAFETY:")));
    let lines = ["// SAFETY: of another.", "let x = 5;", "unsafe { y };"];
    assert!(!above(&lines, 2).any(|line| line.contains("SAFETY:")));
}
