//! Every workload runs on every library, at its small size. What takes
//! hundreds of megabytes at any size is left to the real run.

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

#[test]
fn every_workload_runs_on_every_library() {
    for case in cases().into_iter().filter(|case| !LARGE.contains(&case.workload)) {
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
