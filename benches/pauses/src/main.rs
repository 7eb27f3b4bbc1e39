//! How long single operations on a large graph take, as a histogram for each library.
//!
//! ```text
//! cargo run --release -p gcycle-pauses                       # 0.1 and 1 million nodes
//! cargo run --release -p gcycle-pauses -- --nodes 10000000 --graphs tree
//! cargo run --release -p gcycle-pauses -- --write            # and write PAUSES.md
//! ```

mod graphs;
mod library;
mod measure;
mod page;

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs, thread};

use graphs::Kind;
use measure::{Case, Row, Times, Variant};

/// What `--help` says.
const USAGE: &str = "\
usage: pauses [OPTIONS]

  --nodes A,B        the sizes of the graphs (100000,1000000)
  --graphs A,B       only these of: tree, random, component
  --libraries A,B    only these of: gcycle, gcycle-in-one-go, boa_gc, gc-arena
  --runs N           processes for each row, of which the least counts (2)
  --write            write benches/PAUSES.md, too
";

/// The argument with which this program starts itself for one row.
const ROW: &str = "row";

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    nodes: Vec<usize>,
    graphs: Vec<Kind>,
    libraries: Vec<Variant>,
    runs: usize,
    write: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [help] if help == "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        [row, case @ ..] if row == ROW => measure_row(case),
        _ => parse(&arguments).map_err(Into::into).and_then(|options| measure_all(&options)),
    };
    if let Err(error) = done {
        eprintln!("pauses: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Reads the command line.
fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        nodes: vec![100_000, 1_000_000],
        graphs: Kind::ALL.to_vec(),
        libraries: Variant::ALL.to_vec(),
        runs: 2,
        write: false,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut list = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--nodes" => options.nodes = each(list()?, number)?,
            "--graphs" => options.graphs = each(list()?, graph)?,
            "--libraries" => options.libraries = each(list()?, library)?,
            "--runs" => options.runs = runs(list()?)?,
            "--write" => options.write = true,
            _ => return Err(format!("there is no option {argument}; --help lists them")),
        }
    }
    Ok(options)
}

fn each<T>(list: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    list.split(',').map(read).collect()
}

/// A number of nodes. With fewer than a thousand, a walk leads nowhere else.
fn number(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|nodes| (1000..=u32::MAX as usize).contains(nodes));
    number.ok_or(format!("{text} is not a number of nodes; it has to be at least 1000"))
}

/// How many processes measure the same.
fn runs(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&runs| runs > 0);
    number.ok_or(format!("{text} is not a number of processes; it has to be at least 1"))
}

fn graph(name: &str) -> Result<Kind, String> {
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or(format!("there is no graph {name}; --help lists them"))
}

fn library(name: &str) -> Result<Variant, String> {
    let found = Variant::ALL.into_iter().find(|variant| variant.name() == name);
    found.ok_or(format!("there is no library {name}; --help lists them"))
}

/// Enough operations for several full collections, and for the rarest of the shares.
fn operations(live: usize) -> usize {
    (live / 5).clamp(50_000, 1_000_000)
}

/// Measures everything, one process after the other.
fn measure_all(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut outcomes = Vec::new();
    for &live in &options.nodes {
        for &kind in &options.graphs {
            for &variant in &options.libraries {
                let case = Case { kind, live, operations: operations(live), variant };
                eprintln!("{}, {live} nodes, {}", kind.name(), variant.name());
                let processes: Result<Vec<_>, _> =
                    (0..options.runs).map(|_| in_process(case)).collect();
                outcomes.push((case, processes.map(|times| Row::least_of(&times))));
            }
        }
    }
    print!("{}", page::tables(&outcomes));
    if options.write {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../PAUSES.md");
        fs::write(path, page::page(&machine(), &outcomes))?;
        println!("\nwritten: benches/PAUSES.md");
    }
    Ok(())
}

/// Measures one case in a process of its own; an error says how that failed.
fn in_process(case: Case) -> Result<Times, String> {
    let program = env::current_exe().map_err(|error| format!("not started: {error}"))?;
    let output = Command::new(program)
        .args([ROW, case.kind.name(), case.variant.name()])
        .args([case.live.to_string(), case.operations.to_string()])
        .output()
        .map_err(|error| format!("not started: {error}"))?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    Times::read(output.stdout.as_slice())
}

/// What such a process does.
fn measure_row(case: &[String]) -> Result<(), Box<dyn Error>> {
    let [kind, variant, live, operations] = case else { return Err("a row has four words".into()) };
    let case = Case {
        kind: graph(kind)?,
        live: number(live)?,
        operations: operations.parse()?,
        variant: library(variant)?,
    };
    let mut to = BufWriter::new(io::stdout().lock());
    measure::run(case).write(&mut to)?;
    to.flush()?;
    Ok(())
}

/// The machine, as far as it matters.
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{model}, {cores} cores, of a virtual machine on which other programs ran: their work \
         costs\ncache, and makes the longest times longer"
    )
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn fault(arguments: &[&str]) -> String {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        parse(&arguments).unwrap_err()
    }

    #[test]
    fn a_wrong_command_line_is_told_by_name() {
        assert_eq!(fault(&["--size"]), "there is no option --size; --help lists them");
        assert_eq!(fault(&["--nodes"]), "--nodes needs a value");
        assert_eq!(fault(&["--graphs", "tree,ring"]), "there is no graph ring; --help lists them");
        assert_eq!(fault(&["--libraries", "Rc"]), "there is no library Rc; --help lists them");
        assert_eq!(
            fault(&["--runs", "0"]),
            "0 is not a number of processes; it has to be at least 1"
        );
        let few = "12 is not a number of nodes; it has to be at least 1000";
        assert_eq!(fault(&["--nodes", "12"]), few);
    }
}
