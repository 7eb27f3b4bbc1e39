//! An HTML parser's tree on `Gc`: every node holds its parent, its children and
//! both siblings as strong handles, and nothing leaks.
//!
//! ```text
//! cargo run --release --example dom                      the pages in examples/data
//! cargo run --release --example dom -- page.html ...     pages of your own
//! cargo run --release --example dom -- --json            the report for programs
//! cargo run --release --example dom -- --compare         beside a tree on Rc and Weak
//! ```
//!
//! Read on in `tree.rs`; it is the part that a library without a collector for
//! cycles could not have.

extern crate alloc;

mod compare;
mod measure;
mod pages;
mod progress;
mod report;
mod selectedcontent;
mod sink;
mod tree;
mod walk;

use core::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use self::compare::Unlike;
use self::pages::Page;
use self::progress::Progress;
use self::report::Report;

/// Parses HTML into trees of `Gc` nodes, walks, edits and drops them, and tells
/// what reference counts and collections freed.
#[derive(Parser)]
#[command(
    name = "dom",
    after_help = "Exit codes: 0 all files were processed, 1 some could not be used, or not be \
                  compared, and the others were processed, 2 none could be used."
)]
struct Arguments {
    /// HTML files in UTF-8; without any, the pages that come with the project
    files: Vec<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Run the same on `markup5ever_rcdom`, a tree on Rc and Weak
    #[arg(long)]
    compare: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (pages, refused) = read_pages(&arguments.files);
    if pages.is_empty() {
        return ExitCode::from(2);
    }
    let (report, unlike) = run(&pages, arguments.compare);
    for page in &unlike {
        complain(page);
    }
    let text = if arguments.json { report.json() + "\n" } else { report.tables() };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) if refused == 0 && unlike.is_empty() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(1),
        Err(error) => {
            complain(format_args!("the report cannot be written: {error}"));
            ExitCode::from(1)
        }
    }
}

/// Tells the user, if anybody reads it.
fn complain(about: impl fmt::Display) {
    let _unread = writeln!(io::stderr(), "dom: {about}");
}

/// Reads the files, and says which it cannot use, and how many those are.
fn read_pages(named: &[PathBuf]) -> (Vec<Page>, usize) {
    let own;
    let paths = if named.is_empty() {
        own = pages::own_pages();
        match &own {
            Ok(paths) => paths,
            Err(unusable) => {
                complain(unusable);
                return (Vec::new(), 1);
            }
        }
    } else {
        named
    };
    let mut refused = 0;
    let pages = paths.iter().filter_map(|path| match pages::read(path) {
        Ok(page) => Some(page),
        Err(unusable) => {
            complain(unusable);
            refused += 1;
            None
        }
    });
    (pages.collect(), refused)
}

/// The report, and the pages that could not be compared.
fn run(pages: &[Page], compare: bool) -> (Report, Vec<Unlike>) {
    let rounds = if compare { compare::ROUNDS } else { 0 };
    let progress = Progress::new(pages.len() + rounds);
    let measurement = measure::measure(pages, || progress.step());
    let (compare, unlike) =
        if compare { compare::compare(pages, || progress.step()) } else { (None, Vec::new()) };
    (Report { measurement, compare }, unlike)
}
