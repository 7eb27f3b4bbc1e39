//! Instructions instead of time: the same on a busy machine as on an idle one.
//! valgrind runs the worker on the smaller workloads and counts what happens
//! inside the measured function only.

use std::path::Path;
use std::process::Command;

use crate::child;
use crate::options::Options;
use crate::progress::Progress;
use crate::results::{INSTRUCTIONS, Results};
use crate::workers::{Case, Worker};
use crate::workloads::WORKLOADS;

/// Counts for all workloads that are about time, on the first allocator.
pub(crate) fn count(workers: &[Worker], cases: &[Case], options: &Options, results: &mut Results) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("instructions are not counted: valgrind is not installed");
        return;
    }
    let worker = &workers[0];
    let mut wanted = Vec::new();
    for workload in WORKLOADS.iter().filter(|workload| workload.group.is_about_time()) {
        for case in cases.iter().filter(|case| case.workload == workload.name) {
            let at = [workload.name, case.library.as_str(), worker.allocator];
            if workload.has_meaning_for(at[1]) && options.wants(at[0], at[1], at[2]) {
                wanted.push(at);
            }
        }
    }
    let out = worker.path.with_extension("callgrind");
    let mut progress = Progress::new("counting", wanted.len());
    for at in wanted {
        progress.step(at[0], at[1]);
        if let Some(counted) = once(worker, &out, at) {
            results.add(at, INSTRUCTIONS, counted);
        }
    }
    // It may never have been written.
    let _ = std::fs::remove_file(&out);
}

/// Instructions for one operation, or nothing if the library fails.
fn once(worker: &Worker, out: &Path, at: [&str; 3]) -> Option<f64> {
    let out_option = format!("--callgrind-out-file={}", out.display());
    let program = worker.path.to_str()?;
    let arguments = ["run", at[1], at[0], "small", "2", "600000"];
    let mut all =
        vec!["--tool=callgrind", "--toggle-collect=*meter*measured*", out_option.as_str(), program];
    all.extend(arguments);
    let printed = child::run(Path::new("valgrind"), &all).ok()?;
    let operations: f64 = printed
        .lines()
        .filter_map(|line| line.strip_prefix("sample ")?.split(' ').nth(1)?.parse::<f64>().ok())
        .sum();
    let profile = std::fs::read_to_string(out).ok()?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "))?;
    Some(total.trim().parse::<f64>().ok()? / operations)
}
