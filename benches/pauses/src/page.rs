//! The tables, and the page that they are in.

use std::fmt::Write as _;

use crate::graphs::Kind;
use crate::measure::{Case, Row};

/// What stands above the tables.
const HEAD: &str = "\
# Pauses

Written by `cargo run --release -p gcycle-pauses -- --write` in `benches/`; do not edit.

How long does one operation take while a program changes a large graph, if collections run in
between? Each operation is timed on its own. The times are processor times of the thread, in
milliseconds: at most so long took half of the operations, 99 % of them, and so on, and the longest.
*Seconds* is what all operations took together, with the clock; *MiB* is the most memory that the
process had resident, with the building of the graph.

Each row is measured in two processes of its own, which do the same operations. No library asks a
clock, so that collections happen at the same operations, too. The shorter time of each operation
counts, and the lesser of the other figures: a virtual machine that stops for some milliseconds
lengthens some operation in each process, but not the same one.

* **tree**: nodes hold their children and their parents. An operation replaces a random subtree
  of 50 nodes by a new one.
* **random**: nodes with three links to random others. An operation changes one link. It also
  replaces the oldest of many rings of 21 nodes, which refer to the graph.
* **component**: one strongly connected component. An operation walks to two of its members and
  moves a handle from one to the other, swaps two, or cuts up to eight members out of the
  component and splices them in elsewhere. It also hangs a ring of 21 nodes into a member and
  takes the oldest ring out.

What is replaced is cyclic garbage, and old by then. The graph was collected once before the first
operation.

* **gcycle** is the library as it is, with a [budget] of one millisecond. **gcycle-in-one-go** has
  `Budget::Unlimited`.
* **boa_gc** stops the program for each of its collections, which examine the whole heap.
* **gc-arena** is incremental. Its handles cannot leave a closure and are not counted, so a walk
  costs it nothing, and it has to be told when it may collect: `collect_debt` runs after each
  operation, and its time is part of the operation's. Handles in variables do not exist for it
  between two operations.

A process that takes two minutes is stopped, and its row says after how many operations.

[budget]: https://docs.rs/gcycle/latest/gcycle/gc/fn.set_budget.html
";

/// What came of a case: figures, or how the process failed.
pub(crate) type Outcome = (Case, Result<Row, String>);

/// A whole page.
pub(crate) fn page(machine: &str, outcomes: &[Outcome]) -> String {
    format!("{HEAD}\nMeasured on {machine}.\n{}", tables(outcomes))
}

/// A table for each graph and size.
pub(crate) fn tables(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let of_kind: Vec<&Outcome> =
            outcomes.iter().filter(|(case, _)| case.kind == kind).collect();
        let mut rest = of_kind.as_slice();
        while let Some((first, _)) = rest.first() {
            let end = rest.iter().position(|(case, _)| case.live != first.live);
            let (group, others) = rest.split_at(end.unwrap_or(rest.len()));
            table(&mut text, *first, group);
            rest = others;
        }
    }
    text
}

fn table(text: &mut String, case: Case, group: &[&Outcome]) {
    let (name, live, operations) = (case.kind.name(), grouped(case.live), grouped(case.operations));
    let heading = format!("\n## {name}, {live} nodes, {operations} operations\n\n");
    text.push_str(&heading);
    text.push_str("| | 50 % | 99 % | 99.9 % | 99.99 % | longest | seconds | MiB |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (case, row) in group {
        let name = case.variant.name();
        match row {
            Ok(row) => {
                let stopped = if row.operations < case.operations as u64 {
                    format!(", stopped after {} operations", grouped(row.operations as usize))
                } else {
                    String::new()
                };
                write!(text, "| {name}{stopped} |").expect("a String takes everything");
                for pause in row.pauses {
                    write!(text, " {pause:.3} |").expect("a String takes everything");
                }
                writeln!(text, " {:.2} | {:.0} |", row.total, row.peak)
            }
            Err(failure) => writeln!(text, "| {name} | {failure} | | | | | | |"),
        }
        .expect("a String takes everything");
    }
}

/// A number with commas.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Kind, grouped, tables};
    use crate::measure::{Case, Row, Variant};

    #[test]
    fn a_table_has_a_row_for_each_library_and_says_what_failed() {
        let case = |live, variant| Case { kind: Kind::Tree, live, operations: 50_000, variant };
        let whole = Row { operations: 50_000, pauses: [0.5; 5], total: 1.25, peak: 30.4 };
        let part = Row { operations: 1200, ..whole };
        let text = tables(&[
            (case(100_000, Variant::Default), Ok(whole)),
            (case(100_000, Variant::Boa), Ok(part)),
            (case(1_000_000, Variant::Arena), Err("exit status: 1".into())),
        ]);
        assert!(text.contains("## tree, 100,000 nodes, 50,000 operations"), "{text}");
        assert!(text.contains("| gcycle | 0.500 | 0.500 |"), "{text}");
        assert!(text.contains("| 1.25 | 30 |"), "{text}");
        assert!(text.contains("| boa_gc, stopped after 1,200 operations |"), "{text}");
        assert!(text.contains("## tree, 1,000,000 nodes"), "{text}");
        assert!(text.contains("| gc-arena | exit status: 1 |"), "{text}");
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
