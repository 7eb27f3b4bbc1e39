//! Every workload runs on every library, at its small size. What takes
//! hundreds of megabytes at any size is left to the real run.

use std::process::Command;
use std::thread;
use std::time::Duration;

use gcycle_workloads::catalogue::{Case, cases};
use gcycle_workloads::meter::{Meter, Size};

/// Enough for libraries that take lists down by recursion, without
/// optimisation.
const STACK: usize = 1 << 30;

const LARGE: [&str; 3] = ["bytes_per_object", "memory_returned", "steady_churn"];

fn run(case: Case) -> Meter {
    let mut meter = Meter::new(Size::Small, 1, Duration::from_mins(1));
    (case.run)(&mut meter);
    meter
}

/// What starts the worker program again, so that the worker itself has to run it.
const OF_PROCESSES: &str = "exit";

#[test]
fn processes_of_every_library_end_in_every_way() {
    for case in cases().into_iter().filter(|case| case.workload == OF_PROCESSES) {
        let worker = Command::new(env!("CARGO_BIN_EXE_worker-glibc"))
            .args(["run", case.library, case.workload, "small", "1", "0"])
            .output()
            .expect("the worker starts");
        let printed = String::from_utf8_lossy(&worker.stdout);
        for figure in ["sample ", "end_return_ns ", "end_exit_ns ", "end_at_once_ns "] {
            let is_there = printed.lines().any(|line| line.starts_with(figure));
            assert!(is_there, "{figure}on {}: {worker:?}", case.library);
        }
    }
}

#[test]
fn every_workload_runs_on_every_library() {
    let is_here = |case: &Case| !LARGE.contains(&case.workload) && case.workload != OF_PROCESSES;
    for case in cases().into_iter().filter(is_here) {
        let thread = thread::Builder::new().stack_size(STACK).spawn(move || run(case));
        let meter = thread.expect("a thread").join();
        let meter = meter.unwrap_or_else(|_| panic!("{} on {}", case.workload, case.library));
        assert_eq!(meter.samples().len(), 1, "{} on {}", case.workload, case.library);
    }
}

#[test]
fn acyclic_workloads_make_gcycle_trace_nothing() {
    for name in ["new_drop_node_40", "binary_trees", "gcbench", "singly_linked", "list_drop_20k"] {
        let case = cases().into_iter().find(|c| c.library == "gcycle" && c.workload == name);
        let meter = run(case.expect("the workload is there"));
        assert_eq!(meter.traced(), 0, "{name}");
    }
}
