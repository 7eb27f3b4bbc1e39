//! What handles that threads share cost, and what collections of such objects do.
//!
//! ```text
//! cargo run --release -p gcycle-sync                            # the tables
//! cargo run --release -p gcycle-sync -- --works new,ring-2      # parts of them
//! cargo run --release -p gcycle-sync -- --write                 # and write SYNC.md
//! ```

mod document;
mod epochs;
mod latency;
mod library;
mod page;
mod timing;
mod waits;
mod work;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{env, fs, thread};

use latency::{Garbage, Row};
use library::{ArcAndWeak, Dumpster, Gcycle};
use waits::Waits;
use work::Work;

/// What `--help` says.
const USAGE: &str = "\
usage: sync [OPTIONS]

  --works A,B     only these of the workloads; `latency` is one, too
  --rounds N      how often everything runs (5)
  --seconds N     how long a row of latencies takes (10)
  --write         write benches/SYNC.md, too
";

/// The libraries, as the page calls them.
const LIBRARIES: [&str; 4] = ["gcycle", "`Arc` + `Weak`", "dumpster", "crossbeam-epoch"];

/// The rows of the table of latencies.
const LATENCIES: [(usize, Garbage); 6] = [
    (1, Garbage::Uncollected),
    (0, Garbage::Uncollected),
    (0, Garbage::Rings),
    (0, Garbage::Graph),
    (2, Garbage::Rings),
    (2, Garbage::Graph),
];

/// How often a process measures one step, after it has done so once without looking.
const REPEATS: usize = 3;

/// What came of one process.
#[derive(Debug)]
struct Outcome {
    work: Work,
    threads: usize,
    library: &'static str,
    /// Nanoseconds; `None` if the process failed.
    time: Option<f64>,
}

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    works: Vec<Work>,
    latency: bool,
    rounds: usize,
    seconds: u64,
    write: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [help] if help == "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        [child, case @ ..] if child == "child" => measure(case),
        _ => parse(&arguments).map_err(Into::into).and_then(|options| measure_all(&options)),
    };
    if let Err(error) = done {
        eprintln!("sync: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Reads the command line.
fn parse(arguments: &[String]) -> Result<Options, String> {
    let works = Work::ALL.to_vec();
    let mut options = Options { works, latency: true, rounds: 5, seconds: 10, write: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--works" => {
                let names: Vec<&str> = value()?.split(',').collect();
                options.latency = names.contains(&"latency");
                let others = names.iter().filter(|&&name| name != "latency");
                options.works = others.map(|name| work(name)).collect::<Result<_, _>>()?;
            }
            "--rounds" => options.rounds = number(value()?)?,
            "--seconds" => options.seconds = number(value()?)? as u64,
            "--write" => options.write = true,
            _ => return Err(format!("there is no option {argument}; --help lists them")),
        }
    }
    Ok(options)
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or(format!("{text} is not a number"))
}

fn work(name: &str) -> Result<Work, String> {
    let found = Work::ALL.into_iter().find(|work| work.name() == name);
    found.ok_or_else(|| {
        let names = Work::ALL.map(Work::name).join(", ");
        format!("there is no workload {name}; there are latency, {names}")
    })
}

/// Measures everything, one process after the other.
fn measure_all(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut outcomes = Vec::new();
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for &work in &options.works {
            for threads in 1..=if work.is_for_threads() { 2 } else { 1 } {
                for (place, library) in LIBRARIES.into_iter().enumerate() {
                    if !can_do(place, work, threads) {
                        continue;
                    }
                    let case = [work.name().to_owned(), threads.to_string(), place.to_string()];
                    let time = in_process(&case).and_then(|printed| printed.trim().parse().ok());
                    outcomes.push(Outcome { work, threads, library, time });
                }
            }
        }
    }
    print!("{}", page::tables(&outcomes));
    let rows = if options.latency { measure_latencies(options.seconds) } else { Vec::new() };
    print!("\n{}", page::latencies(&rows));
    if options.write {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../SYNC.md");
        fs::write(path, page::page(&machine(), &outcomes, &rows))?;
        println!("\nwritten: benches/SYNC.md");
    }
    Ok(())
}

/// Whether the library at this place of [`LIBRARIES`] has a way to do it.
fn can_do(place: usize, work: Work, threads: usize) -> bool {
    match place {
        1 => work.is_for_counts(),
        // In its version 2.1.0 a collection that drops an object begins another, and waits for itself, if other
        // threads have dropped many handles meanwhile.
        2 => work != Work::Document || threads == 1,
        3 => work.is_for_epochs(),
        _ => true,
    }
}

fn measure_latencies(seconds: u64) -> Vec<(&'static str, Garbage, Row)> {
    let mut rows = Vec::new();
    for (place, garbage) in LATENCIES {
        eprintln!("latency, {}, {garbage:?}", LIBRARIES[place]);
        let case =
            ["latency".into(), format!("{garbage:?}"), place.to_string(), seconds.to_string()];
        let row = in_process(&case).as_deref().and_then(read_row);
        rows.extend(row.map(|row| (LIBRARIES[place], garbage, row)));
    }
    rows
}

/// Measures one case in a process of its own, and returns what it printed.
fn in_process(case: &[String]) -> Option<String> {
    let program = env::current_exe().expect("the system says where the program is");
    let output = Command::new(program).arg("child").args(case).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What such a process does.
fn measure(case: &[String]) -> Result<(), Box<dyn Error>> {
    match case {
        [latency, garbage, library, seconds] if latency == "latency" => {
            let all = [Garbage::Rings, Garbage::Graph, Garbage::Uncollected];
            let garbage = all.into_iter().find(|known| format!("{known:?}") == *garbage);
            let garbage = garbage.ok_or("there is no such garbage")?;
            let seconds = seconds.parse()?;
            let row = match library.parse()? {
                0 => latency::run::<Gcycle>(garbage, seconds),
                1 => latency::run::<ArcAndWeak>(garbage, seconds),
                _ => latency::run::<Dumpster>(garbage, seconds),
            };
            println!("{}", write_row(&row));
        }
        [name, threads, library] => {
            let (work, threads) = (work(name)?, threads.parse()?);
            let time = match library.parse()? {
                0 => least(|| work.measure::<Gcycle>(threads)),
                1 => least(|| work.measure::<ArcAndWeak>(threads)),
                2 => least(|| work.measure::<Dumpster>(threads)),
                _ => least(|| epochs::measure(work, threads)),
            };
            println!("{}", time.ok_or("the threads never ran at the same time")?);
        }
        _ => return Err("a case has three or four words".into()),
    }
    Ok(())
}

/// The least time of several.
fn least(measure: impl Fn() -> Option<f64>) -> Option<f64> {
    measure();
    let times = (0..REPEATS).filter_map(|_| measure());
    times.min_by(f64::total_cmp)
}

/// A row of latencies as a line, for the process that waits for it.
fn write_row(row: &Row) -> String {
    let pauses = row.pauses.map(|pause| pause.to_string()).join(" ");
    let Waits { number, longest } = row.waits;
    format!("{pauses} {} {} {number} {}", row.operations, row.graphs, longest.as_nanos())
}

/// The row that [`write_row`] wrote.
fn read_row(line: &str) -> Option<Row> {
    let words: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [pauses @ .., operations, graphs, number, longest] = words.as_slice() else { return None };
    let pauses = pauses.try_into().ok()?;
    let longest = Duration::from_nanos(*longest as u64);
    let waits = Waits { number: *number as u64, longest };
    Some(Row { pauses, operations: *operations as u64, graphs: *graphs as u64, waits })
}

/// The machine, as far as it matters.
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, of a virtual machine on which other programs ran")
}

#[cfg(test)]
mod tests {
    use super::{ArcAndWeak, Dumpster, Duration, Gcycle, Row, Waits, parse, read_row, write_row};
    use crate::library::turn;
    use crate::work::Work;

    fn fault(arguments: &[&str]) -> String {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        parse(&arguments).unwrap_err()
    }

    #[test]
    fn a_wrong_command_line_is_told_by_name() {
        assert_eq!(fault(&["--size"]), "there is no option --size; --help lists them");
        assert_eq!(fault(&["--rounds"]), "--rounds needs a value");
        assert_eq!(fault(&["--rounds", "0"]), "0 is not a number");
        assert!(fault(&["--works", "new,old"]).starts_with("there is no workload old"));
    }

    #[test]
    fn each_workload_can_be_measured_on_each_library() {
        let _turn = turn();
        for work in
            [Work::Clone, Work::Deref, Work::New, Work::NewCloneNode, Work::Cache, Work::Document]
        {
            let is_measured = |time: Option<f64>| time.is_some_and(|time| time > 0.0);
            assert!(is_measured(work.measure::<Gcycle>(1)), "{work:?}");
            assert!(is_measured(work.measure::<ArcAndWeak>(1)), "{work:?}");
            assert!(is_measured(work.measure::<Dumpster>(1)), "{work:?}");
        }
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let waits = Waits { number: 3, longest: Duration::from_nanos(1500) };
        let row = Row { pauses: [0.5, 1.0, 2.0, 3.0, 4.25], operations: 10, graphs: 2, waits };
        assert_eq!(read_row(&write_row(&row)), Some(row));
    }
}
