//! The tables, and the page that they are in.

use std::fmt::Write as _;

use crate::latency::{Garbage, Row};
use crate::waits::Waits;
use crate::work::Work;
use crate::{LIBRARIES, Outcome};

/// What stands above the tables.
const HEAD: &str = "\
# Objects that threads share

Written by `cargo run --release -p gcycle-sync -- --write` in `benches/`; do not edit.

What do the handles of `gcycle::sync` cost beside those of `Arc`, and its collections beside those
of `dumpster::sync`? These three have the same nodes, with three fields behind a `Mutex` of std each.
Where a node would close a cycle, `Arc` has a `std::sync::Weak` there, and needs no collector.
And what would the program save if it counted nothing at all, as with `crossbeam-epoch`? What is compared in
that column, and what it does not do, stands [below the tables](#epochs); and so does what threads do to
[the document](#the-document) of the last row.

Each figure is the least of several rounds. In each round every workload runs on every library, one
directly after the other, in a process of its own that measures it several times. With one thread the times are
processor times. With two threads each does everything, and the times are the mean of both, with the time in which one
waits for the other and without the time in which it was ready to run but other programs ran. Only measurements count in
which both ran at the same time. What makes cycles collects once in the end, so that nobody puts the work off. A dash
says that there is no such measurement, or that two threads never ran at the same time.
";

/// What stands below the tables.
const NOTES: &str = "
## Epochs

With `crossbeam-epoch` a thread pins itself before it loads pointers. What it can load then is not freed until it
unpins. The program unlinks an object from everything that refers to it, and then retires it with `defer_destroy`:
it is freed once every thread has unpinned that was pinned at that time. Hazard pointers (`haphazard`) and `seize`
ask the same of a program, so one column stands for them.

The column is written as such programs are. The three fields of a node are `Atomic`s, without locks. Each
step pins the thread for itself.

| row | what is measured |
|---|---|
| clone a handle, drop it | to pin the thread, load the pointer and unpin, as a guard is what keeps an object while it is used. Under a guard that is there already, a clone is a copy of the pointer and costs nothing. |
| read a number | the same as elsewhere: to follow a pointer, under one guard for all steps |
| make something, drop it | to make it and retire it, and to wait in the end until all that is freed |
| make a ring, use a cache | the same, with each node of a ring, an entry or a listener retired by itself |

What it does not do is the reason why there are other columns:

* It does not know whether an object is still referred to. The program has to find every link to an object before it
  retires it. One that is forgotten dangles, and following it is undefined behavior. So retiring and following pointers
  is `unsafe`.
* It does not free cycles. To take a ring apart is the program's own work, and a random graph can only be retired by a
  program that finds out by itself that it is dead. So there are no rows for collections.
* A guard keeps no object of its own, but everything: while a thread stays pinned, nothing is freed that any thread retires
  meanwhile. A handle that is kept for hours keeps what it refers to, and nothing else.
* Garbage is freed some time later, by any thread. In between it takes room: a step that retires many objects makes more
  than the steps after it free, eight bags of 64 objects in every 128 pins.

## The document

All threads work on one document of about 4,000 elements. An element has two texts behind a `Mutex`, its children
behind an `RwLock`, and its parent and its listeners behind a `Mutex` each. A listener refers to the element that it
informs: its own or the parent. A handle to a parent or from a listener is a plain one, but with `Arc` a `Weak`.

A step walks down from the root to some element. Then it does one of these, at random, with the same numbers for each
library:

| of 16 steps | the step |
|---:|---|
| 7 | walks up to the root and informs the elements that listeners on the way refer to |
| 2 | inserts a fragment: an element with three children, and a listener in each of them |
| 1 | removes the element with all that is below it |
| 1 | moves the element, without its listeners, and all that is below it to another place that is not below it |
| 3 | adds a listener, in two of them, or removes one |
| 2 | changes a text |

What is moved loses its listeners because a plain handle in one would keep the old parent, also after that is
removed; a `Weak` would not. On one thread all libraries end with the same document; a test compares them. Where the root, the sections below it or a
moved element are locked, threads wait for each other with any library.

With two threads there is no figure for dumpster, because the program hangs. In version 2.1.0 a collection holds a
lock while it drops the objects whose last handle is gone. If threads have dropped more handles meanwhile than there are, such
a drop begins a collection by itself, which waits for the same lock.

There is no figure for epochs. An element may only be retired when no link leads to it, and listeners anywhere in the
document may inform a removed one. The program would have to keep for each element who refers to it, in step with threads
that add listeners to it, insert below it or move it at the same moment. That is work which the other columns leave to
counts, and a comparison with code that leaves it out would not be one.
";

/// What stands above the table of latencies.
const LATENCY: &str = "
## Latency

One thread works on a graph of 10,000 nodes: an operation clones and moves some handles, and
replaces a ring of four nodes. Another thread makes a million nodes, drops them and collects, again
and again. In *rings* these are rings of 40, in *graph* one random graph. The first two rows
are what the machine does without collections. No collection starts by itself, in any of the libraries, so
that there are no more threads than processors: a thread that waits for one measures the system.

The times are microseconds: at most so long took half of the operations, 99 % of them, and so on, and the
longest. The time in which the thread was ready to run but other threads or programs ran, as the system counts it, is not
contained. But the system does not count the time in which the virtual machine stands still, as in the rows without
collections. So the last two columns tell what a collection makes the thread wait: how often it found a lock of a node
taken, which then the collection held, and the longest time that it waited for one.

| | 50 % | 99 % | 99.9 % | 99.99 % | longest | operations | graphs | waits | longest wait |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// A whole page.
pub(crate) fn page(machine: &str, outcomes: &[Outcome], rows: &[(&str, Garbage, Row)]) -> String {
    let (tables, latencies) = (tables(outcomes), latencies(rows));
    format!("{HEAD}\nMeasured on {machine}.\n{tables}{NOTES}{LATENCY}{latencies}")
}

/// A table for each number of threads.
pub(crate) fn tables(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for threads in [1, 2] {
        let plural = if threads == 1 { "" } else { "s" };
        write!(text, "\n## {threads} thread{plural}\n\nNanoseconds for each step.\n\n|")
            .expect("it grows");
        for library in LIBRARIES {
            write!(text, " | {library}").expect("it grows");
        }
        text.push_str(" | of `Arc` | of dumpster | of epochs |\n|---|");
        text.push_str(&"---:|".repeat(2 * LIBRARIES.len() - 1));
        text.push('\n');
        for work in Work::ALL {
            row(&mut text, work, threads, outcomes);
        }
    }
    text
}

/// A workload, on each library.
fn row(text: &mut String, work: Work, threads: usize, outcomes: &[Outcome]) {
    let time = |library: &str| {
        let same = |outcome: &&Outcome| {
            outcome.work == work && outcome.threads == threads && outcome.library == library
        };
        let times = outcomes.iter().filter(same).filter_map(|outcome| outcome.time);
        times.min_by(f64::total_cmp)
    };
    let times = LIBRARIES.map(time);
    if times.iter().all(Option::is_none) {
        return;
    }
    write!(text, "| {}", work.title()).expect("it grows");
    let figure = |time: Option<f64>| time.map_or("-".into(), |time| format!("{time:.1}"));
    for time in times {
        write!(text, " | {}", figure(time)).expect("it grows");
    }
    for other in &times[1..] {
        let ratio =
            times[0].zip(*other).map_or("-".into(), |(own, other)| format!("{:.2}", own / other));
        write!(text, " | {ratio}").expect("it grows");
    }
    text.push_str(" |\n");
}

/// The rows of the table of latencies.
pub(crate) fn latencies(rows: &[(&str, Garbage, Row)]) -> String {
    let mut text = String::new();
    for (library, garbage, row) in rows {
        let beside = match garbage {
            Garbage::Rings => "rings",
            Garbage::Graph => "graph",
            Garbage::Uncollected => "nothing is collected",
        };
        write!(text, "| {library}, {beside} |").expect("it grows");
        for pause in row.pauses {
            write!(text, " {pause:.1} |").expect("it grows");
        }
        let Waits { number, longest } = row.waits;
        let longest = longest.as_nanos() as f64 / 1e3;
        writeln!(text, " {} | {} | {number} | {longest:.1} |", row.operations, row.graphs)
            .expect("it grows");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{latencies, tables};
    use crate::latency::{Garbage, Row};
    use crate::waits::Waits;
    use crate::work::Work;
    use crate::{LIBRARIES, Outcome};

    #[test]
    fn a_row_has_the_least_times_and_their_ratios() {
        let outcome = |library, time| Outcome { work: Work::New, threads: 2, library, time };
        let text = tables(&[
            outcome(LIBRARIES[0], Some(3.0)),
            outcome(LIBRARIES[0], Some(5.0)),
            outcome(LIBRARIES[1], Some(4.0)),
            outcome(LIBRARIES[2], None),
            outcome(LIBRARIES[3], Some(6.0)),
        ]);
        assert!(
            text.contains("| make a number, drop it | 3.0 | 4.0 | - | 6.0 | 0.75 | - | 0.50 |"),
            "{text}"
        );
    }

    #[test]
    fn a_latency_has_all_its_shares() {
        let waits = Waits { number: 3, longest: Duration::from_nanos(1500) };
        let row = Row { pauses: [0.5, 1.0, 2.0, 3.0, 4.0], operations: 10, graphs: 2, waits };
        let text = latencies(&[("gcycle", Garbage::Rings, row)]);
        assert_eq!(text, "| gcycle, rings | 0.5 | 1.0 | 2.0 | 3.0 | 4.0 | 10 | 2 | 3 | 1.5 |\n");
    }
}
