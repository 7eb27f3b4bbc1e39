//! A process that runs one workload on one library and prints what it measured,
//! one `key value` pair a line.

use std::process::ExitCode;
use std::time::Duration;

use crate::catalogue::{Case, builders, cases};
use crate::meter::{Meter, Size};
use crate::process::Ending;

/// Runs what the command line asks for: `list`, or
/// `run LIBRARY WORKLOAD full|small ROUNDS MILLISECONDS`, or, as the workload `exit` does,
/// `end LIBRARY return|exit|at-once COUNT`.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => {
            for case in cases() {
                println!("{}\t{}", case.library, case.workload);
            }
            ExitCode::SUCCESS
        }
        ["run", library, workload, size, rounds, budget] => {
            let size = if size == "small" { Size::Small } else { Size::Full };
            let case = cases()
                .into_iter()
                .find(|case| case.library == library && case.workload == workload);
            match (case, rounds.parse(), budget.parse()) {
                (Some(case), Ok(rounds), Ok(budget)) => {
                    run(case, Meter::new(size, rounds, Duration::from_millis(budget)));
                    ExitCode::SUCCESS
                }
                _ => usage(),
            }
        }
        ["end", library, ending, count] => {
            let builder = builders().into_iter().find(|builder| builder.library == library);
            match (builder, Ending::of(ending), count.parse()) {
                (Some(builder), Some(ending), Ok(count)) => {
                    (builder.build)(count);
                    ending.end()
                }
                _ => usage(),
            }
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: worker list");
    eprintln!("       worker run LIBRARY WORKLOAD full|small ROUNDS MILLISECONDS");
    eprintln!("       worker end LIBRARY return|exit|at-once COUNT");
    ExitCode::from(2)
}

fn run(case: Case, mut meter: Meter) {
    (case.run)(&mut meter);
    for sample in meter.samples() {
        println!("sample {} {}", sample.time.as_nanos(), sample.operations);
    }
    println!("traced {}", meter.traced());
    println!("collector_share {}", meter.collector_share());
    println!("peak_kib {}", peak_kib());
    for (name, value) in meter.remarks() {
        println!("{name} {value}");
    }
    // Objects that are still alive need not be taken down.
    std::process::exit(0);
}

/// The most memory that was resident. Unlike `ru_maxrss` it does not start at
/// what the process that started this one used.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok()
        })
        .unwrap_or(0)
}
