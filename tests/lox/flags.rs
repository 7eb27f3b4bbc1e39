//! The command line: what the collector's flags show, and the prompt.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::process::{LOX, lox, lox_source_with, text};

/// Makes `rounds` cycles of each kind and drops them.
fn cycles(rounds: usize) -> String {
    format!(
        "class Link {{ init() {{ this.me = this; }} me_again() {{ return this; }} }}
         fun closure() {{ fun recursive() {{ return recursive; }} return recursive; }}
         for (var i = 0; i < {rounds}; i = i + 1) {{
           var link = Link();
           link.bound = link.me_again;
           link.closure = closure();
         }}"
    )
}

/// The number before `word` in the report of `--gc-stats`.
fn number_before(report: &str, word: &str) -> usize {
    let words: Vec<&str> = report.split_whitespace().collect();
    let position = words.iter().position(|&found| found == word).expect("the report has the word");
    words[position - 1].parse().expect("a number is before it")
}

/// The sum over the generations of a column in the report of `--gc-stats`.
fn sum_of_generations(report: &str, column: usize) -> usize {
    let is_generation = |line: &&str| ["Young", "Middle", "Old"].iter().any(|g| line.contains(g));
    let rows = report.lines().filter(is_generation);
    let numbers = rows.map(|row| row.split_whitespace().nth(column).expect("it has the column"));
    numbers.map(|number| number.parse::<usize>().expect("it is a number")).sum()
}

#[test]
fn cycles_are_collected_while_the_program_runs() {
    let output = lox_source_with("collected.lox", &cycles(20_000), &["--gc-stats"]);
    let objects = number_before(&text(&output.stderr), "objects");
    assert!(objects < 10_000, "{objects} objects are left");
}

#[test]
fn cycles_stay_when_the_collector_is_off() {
    let output = lox_source_with("kept.lox", &cycles(20_000), &["--gc-stats", "--gc-off"]);
    let objects = number_before(&text(&output.stderr), "objects");
    assert!(objects > 80_000, "only {objects} objects are left");
}

#[test]
fn programs_without_cycles_are_not_examined() {
    let source = "class Tree { init(depth) {
                    this.left = nil;
                    if (depth > 0) { this.left = Tree(depth - 1); this.right = Tree(depth - 1); }
                  } }
                  for (var i = 0; i < 20; i = i + 1) Tree(10);";
    let output = lox_source_with("trees.lox", source, &["--gc-stats"]);
    let report = text(&output.stderr);
    assert!(sum_of_generations(&report, 4) < 100, "{report}");
}

#[test]
fn under_gc_zeal_each_allocation_of_a_program_collects() {
    if cfg!(gc_zeal) {
        let output = lox_source_with("zeal.lox", &cycles(100), &["--gc-stats"]);
        let report = text(&output.stderr);
        let collections = sum_of_generations(&report, 2);
        // A round makes an instance, a bound method, a closure and its upvalue.
        assert!(collections >= 400, "{report}");
    }
}

#[test]
fn the_log_has_a_line_for_each_collection() {
    let flags = ["--gc-log", "--gc-threshold", "100,10,10"];
    let output = lox_source_with("log.lox", &cycles(1000), &flags);
    let log = text(&output.stderr);
    assert!(log.matches("gc: collecting generation").count() > 10, "{log}");
    assert!(log.contains("gc: collectable <"), "{log}");
}

#[test]
fn the_page_of_the_heap_is_written_at_exit_whatever_the_program_did() {
    let source = "class Kept {} var kept = Kept(); kept.self = kept;";
    for (name, end, code) in [("page", "", 0), ("page_after_error", "missing;", 70)] {
        let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).with_extension("html");
        let _ = fs::remove_file(&page);
        let flags = ["--heap", page.to_str().expect("the path is text")];
        let output = lox_source_with(&format!("{name}.lox"), &format!("{source} {end}"), &flags);
        assert_eq!(output.status.code(), Some(code));
        let html = fs::read_to_string(page).expect("the page was written");
        assert!(html.starts_with("<!doctype html>"));
        assert!(html.contains(&format!("<title>{name}.lox")), "the script names the page");
        assert!(html.contains("::Instance"), "the instance is on the page");
    }
}

#[test]
fn a_page_that_cannot_be_written_is_named() {
    let flags = ["--heap", "/there/is/no/such.html"];
    let output = lox_source_with("no_page.lox", "print 1;", &flags);
    assert_eq!(text(&output.stdout), "1\n");
    let error = text(&output.stderr);
    assert!(error.starts_with("Could not write file \"/there/is/no/such.html\": "), "{error}");
    assert_eq!(output.status.code(), Some(74));
}

#[test]
fn the_code_is_shown_before_it_runs() {
    let output = lox_source_with("code.lox", "fun f(n) { return n - 1; } print f(2);", &["--code"]);
    let shown = text(&output.stdout);
    for expected in ["== <script> ==", "== <fn f> ==", "SubtractLocalConstant", "constant 0 = 2"] {
        assert!(shown.contains(expected), "{shown}");
    }
    assert!(shown.ends_with("\n1\n"), "{shown}");
}

/// What the prompt answers to these lines.
fn prompt(lines: &[&str]) -> Output {
    let mut lox = Command::new(&*LOX)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let mut input = lox.stdin.take().expect("the input is a pipe");
    for line in lines {
        writeln!(input, "{line}").expect("the example reads");
    }
    drop(input);
    lox.wait_with_output().expect("the example ends")
}

#[test]
fn the_prompt_keeps_its_variables_and_outlives_errors() {
    let output =
        prompt(&["var a = 1;", "fun f() { return missing; }", "f();", "print (;", "print a + 1;"]);
    assert_eq!(
        text(&output.stderr),
        "Undefined variable 'missing'.\n[line 1] in f()\n[line 1] in script\n\
         [line 1] Error at ';': Expect expression.\n",
    );
    assert!(text(&output.stdout).ends_with("2\n"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn closures_outlive_the_call_that_failed() {
    let output = prompt(&[
        "var saved;",
        "fun f() { var local = \"kept\"; fun g() { return local; } saved = g; missing; }",
        "f();",
        "print saved();",
    ]);
    assert!(text(&output.stdout).ends_with("kept\n"));
}

#[test]
fn the_shell_learns_what_was_wrong() {
    let output = lox(Path::new("/there/is/no/such.lox"), &[]);
    assert_eq!(text(&output.stderr), "Could not open file \"/there/is/no/such.lox\".\n");
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(lox(Path::new("x"), &["--no-such-flag"]).status.code(), Some(64));
    assert_eq!(lox(Path::new("x"), &["--help"]).status.code(), Some(0));
}
