//! The program as a person or a script runs it: what it prints, what it refuses,
//! and how it exits.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::example::built;
use crate::input;

/// The program, built the way these tests were.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| built("dom"));

/// A directory for the files of one test.
fn directory(test: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dom").join(test);
    fs::create_dir_all(&directory).expect("the target directory takes files");
    directory
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("the output is one JSON object")
    }
}

/// Runs the program in `directory`.
fn run<A: AsRef<OsStr>>(directory: &Path, arguments: &[A]) -> Run {
    let output = Command::new(&*PROGRAM).current_dir(directory).args(arguments).output();
    let Output { status, stdout, stderr } = output.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs the program in `directory` with `options` on the pages of the project,
/// which it finds by itself. Under `gc_zeal` it is told of the smaller ones.
fn run_on_pages(directory: &Path, options: &[&str]) -> Run {
    let mut arguments: Vec<OsString> = options.iter().map(OsString::from).collect();
    if cfg!(gc_zeal) {
        arguments.extend(input::files().map(OsString::from));
    }
    run(directory, &arguments)
}

fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap_or_else(|| panic!("{key} is a number, not {}", report[key]))
}

#[test]
fn without_arguments_the_pages_of_the_project_are_built_and_freed() {
    let elsewhere = directory("elsewhere");
    let run = run_on_pages(&elsewhere, &["--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let report = run.json();
    let number = |key| number(&report, key);
    assert_eq!(number("files"), input::files().count() as u64);
    assert!(number("elements") > 0 && number("elements") < number("nodes"));
    assert!(number("freed_by_count") > 0, "detached leaves need no collector");
    assert!(number("freed_by_collector") > 0, "trees do");
    assert_eq!(number("freed_by_count") + number("freed_by_collector"), number("nodes"));
    assert!(number("collections") > 0 && number("traced") >= number("freed_by_collector"));
    assert!(number("max_pause_ns") > 0);
    assert!(number("median_pause_ns") <= number("p99_pause_ns"));
    assert!(number("p99_pause_ns") <= number("max_pause_ns"));
    assert!(number("live_before") > 0 && number("live_before") <= number("nodes"));
    assert_eq!(number("live_after"), 0);
    assert_eq!(number("live_bytes_after"), 0);
    assert!(number("bytes_before") >= number("live_bytes_before"));
    assert!(number("bytes_after") * 10 <= number("bytes_before"), "90 % are given back");
    assert_eq!(number("bytes_returned"), number("bytes_before") - number("bytes_after"));
}

#[test]
fn the_generations_add_up() {
    let report = run_on_pages(&input::data(), &["--json"]).json();
    let generations = report["generations"].as_array().expect("one entry a generation");
    assert_eq!(generations.len(), 3);
    let sum = |key| generations.iter().map(|totals| number(totals, key)).sum::<u64>();
    assert_eq!(sum("freed"), number(&report, "freed_by_collector"));
    assert_eq!(sum("collections"), number(&report, "collections"));
    assert_eq!(sum("traced"), number(&report, "traced"));
    assert!(number(&generations[0], "collections") > 0, "building trees collects by itself");
    // Under gc_zeal a tree is old when the next one begins.
    let freed = number(&generations[0], "freed");
    assert!(freed > 0 || cfg!(gc_zeal), "and frees what was cut out of earlier ones");
}

#[test]
fn the_tables_say_it_in_words() {
    let run = run_on_pages(&input::data(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let words = [
        "built",
        "freed by count",
        "freed by the collector",
        "young",
        "middle",
        "old",
        "traced",
        "longest pause",
        "live objects",
        "bytes returned",
    ];
    for word in words {
        assert!(run.stdout.contains(word), "{word} is missing:\n{}", run.stdout);
    }
    assert!(!run.stdout.contains("Rc"), "nothing is compared unasked");
}

#[test]
fn the_comparison_stands_beside() {
    let directory = directory("comparison");
    fs::write(directory.join("page.html"), "<p>1<p>2<nav><p>3</nav>").expect("a file is written");
    let report = run(&directory, &["--json", "--compare", "page.html"]).json();
    for tree in ["gc", "rc"] {
        for key in ["parse_ns", "visit_ns", "drop_ns", "bytes"] {
            assert!(number(&report["compare"][tree], key) > 0, "{tree} {key}");
        }
    }
    assert_eq!(number(&report["compare"], "files"), 1);
    let table = run(&directory, &["--compare", "page.html"]).stdout;
    assert!(table.contains("Rc and Weak"), "{table}");
}

#[test]
fn a_page_of_which_the_other_tree_differs_is_named_and_the_others_are_compared() {
    let directory = directory("unlike");
    let select = "<select><button><selectedcontent></selectedcontent></button>\
                  <option>one</option></select>";
    fs::write(directory.join("select.html"), select).expect("a file is written");
    fs::write(directory.join("page.html"), "<p>1<p>2").expect("a file is written");
    let complaint = "dom: select.html: is not compared, since the tree on Rc and Weak does not \
                     fill <selectedcontent> (Gc and Rc: 10 and 9 nodes, 6 and 5 ancestors of the \
                     deepest text, 6 and 3 bytes of text)\n";

    let some = run(&directory, &["--json", "--compare", "select.html", "page.html"]);
    assert_eq!((some.code, some.stderr.as_str()), (Some(1), complaint));
    let report = some.json();
    assert_eq!(number(&report, "files"), 2);
    assert_eq!(number(&report["compare"], "files"), 1);

    let none = run(&directory, &["--compare", "select.html"]);
    assert_eq!((none.code, none.stderr.as_str()), (Some(1), complaint));
    assert!(none.stdout.contains("files parsed") && !none.stdout.contains("files compared"));
    let unasked = run(&directory, &["select.html"]);
    assert_eq!((unasked.code, unasked.stderr.as_str()), (Some(0), ""));
}

#[test]
fn output_that_nobody_reads_is_no_panic() {
    // A pipe whose reader is gone before the program writes.
    let unread = || Stdio::from(io::pipe().expect("there are pipes").1);
    let directory = unusable_files("unread");
    let report = Command::new(&*PROGRAM)
        .current_dir(&directory)
        .args(["good.html"])
        .stdout(unread())
        .output()
        .expect("the program starts");
    let complaint = String::from_utf8_lossy(&report.stderr);
    assert_eq!(report.status.code(), Some(1), "{complaint}");
    assert!(complaint.starts_with("dom: the report cannot be written: "), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");

    let complaints = Command::new(&*PROGRAM)
        .current_dir(&directory)
        .args(["--json", "good.html", "missing.html"])
        .stderr(unread())
        .output()
        .expect("the program starts");
    assert_eq!(complaints.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&complaints.stdout).expect("one JSON object");
    assert_eq!(number(&report, "files"), 1);
}

/// Files that cannot be used, and what must be said of each.
const UNUSABLE: [(&str, &str); 4] = [
    ("missing.html", "no such file"),
    ("directory.html", "is a directory"),
    ("latin1.html", "is not UTF-8 from byte 6 on"),
    ("empty.html", "is empty"),
];

fn unusable_files(test: &str) -> PathBuf {
    let directory = directory(test);
    fs::create_dir_all(directory.join("directory.html")).expect("a directory is made");
    fs::write(directory.join("latin1.html"), b"<p>caf\xe9").expect("a file is written");
    fs::write(directory.join("empty.html"), "").expect("a file is written");
    fs::write(directory.join("good.html"), "<p>good").expect("a file is written");
    directory
}

#[test]
fn each_file_that_cannot_be_used_is_named_on_one_line() {
    let directory = unusable_files("one_line");
    for (file, complaint) in UNUSABLE {
        let run = run(&directory, &[file]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{file}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.starts_with(&format!("dom: {file}: ")), "{}", run.stderr);
        assert!(run.stderr.contains(complaint), "{}", run.stderr);
    }
}

#[test]
fn a_file_that_is_too_large_for_the_parser_is_refused_unread() {
    let directory = directory("large");
    let path = directory.join("large.html");
    // Takes no space where the file system knows holes.
    let file = File::create(&path).expect("a file is made");
    file.set_len((1 << 30) + 1).expect("a file can be that large");
    let run = run(&directory, &["large.html"]);
    fs::remove_file(&path).expect("a file can be removed");
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(run.stderr, "dom: large.html: is larger than 1 GiB\n");
}

#[test]
fn the_other_files_are_still_processed() {
    let directory = unusable_files("others");
    let files = UNUSABLE.map(|(file, _)| file);
    let none = run(&directory, &files);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""));
    assert_eq!(none.stderr.lines().count(), files.len(), "{}", none.stderr);

    let mut arguments = vec!["--json", "good.html"];
    arguments.extend(files);
    arguments.push("good.html");
    let some = run(&directory, &arguments);
    assert_eq!(some.code, Some(1));
    assert_eq!(some.stderr, none.stderr);
    let report = some.json();
    assert_eq!(number(&report, "files"), 2);
    // Twice: the document, <html>, <head>, <body>, <p>, and the text.
    assert_eq!(number(&report, "nodes"), 12);
    assert_eq!(number(&report, "elements"), 8);
    assert_eq!(number(&report, "live_after"), 0);
}

#[test]
fn the_help_explains_the_exit_codes() {
    let directory = directory("help");
    let help = run(&directory, &["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("Exit codes"), "{}", help.stdout);
    assert_eq!(run(&directory, &["--unknown"]).code, Some(2));
}
