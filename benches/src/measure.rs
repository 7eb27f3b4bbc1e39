//! The rounds: each runs every pair once, each in a new process, the libraries
//! of a workload right after one another, so that what disturbs the machine
//! disturbs all of them.

use std::error::Error;
use std::path::Path;

use crate::child;
use crate::options::Options;
use crate::progress::Progress;
use crate::results::{Results, TIME, TRACED};
use crate::workers::{Case, Worker};
use crate::workloads::{Cost, Profile, WORKLOADS, Workload};

/// Rounds inside a process, at most, and after how many milliseconds no other
/// is begun.
const INNER: [&str; 2] = ["15", "300"];

/// How often the expensive ones run, and those on the second allocator, unless
/// workloads were asked for by their names.
const FEWER: usize = 1;

/// Runs all rounds, with `others` in each if there are any, and keeps what was measured
/// after each.
///
/// # Errors
///
/// If nothing can be run at all, or the figures cannot be kept.
pub(crate) fn rounds(
    workers: &[Worker],
    cases: &[Case],
    options: &Options,
    results: &mut Results,
    kept: &Path,
    mut others: Option<impl FnMut(&mut Results)>,
) -> Result<(), Box<dyn Error>> {
    let mut wanted = Vec::new();
    for workload in WORKLOADS {
        let profile = workload.group.profile();
        for worker in workers.iter().filter(|worker| worker.profile == profile) {
            for case in cases.iter().filter(|case| case.workload == workload.name) {
                let at = [workload.name, case.library.as_str(), worker.allocator];
                if workload.has_meaning_for(at[1]) && options.wants(at[0], at[1], at[2]) {
                    wanted.push((workload, worker, at));
                    results.forget(at);
                }
            }
        }
    }
    if wanted.is_empty() && others.is_none() {
        return Err("no workload and library of these names".into());
    }
    let mut progress = Progress::new("measuring", wanted.len() * options.rounds);
    for round in 0..options.rounds {
        for &(workload, worker, at) in &wanted {
            progress.step(at[0], at[1]);
            let is_second = worker.profile == Profile::Release && at[2] != workers[0].allocator;
            let is_usual = workload.cost == Cost::Usual && !is_second;
            let is_due = is_usual || options.names_workloads() || round < FEWER;
            if is_due && results.failure(at).is_none() {
                once(workload, worker, at, results);
            }
        }
        if let Some(others) = &mut others {
            others(results);
        }
        results.save(kept)?;
    }
    Ok(())
}

/// Runs one pair once.
fn once(workload: &Workload, worker: &Worker, at: [&str; 3], results: &mut Results) {
    let arguments = ["run", at[1], workload.name, "full", INNER[0], INNER[1]];
    match child::run(&worker.path, &arguments) {
        Ok(printed) => read(&printed, at, results),
        Err(failure) => results.fail(at, failure),
    }
}

/// Takes in what a worker printed.
fn read(printed: &str, at: [&str; 3], results: &mut Results) {
    let mut operations = 0.0;
    for line in printed.lines() {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let values: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        match (name, &values[..]) {
            ("sample", &[time, count]) => {
                operations += count;
                results.add(at, TIME, time / count);
            }
            (TRACED, &[traced]) if operations > 0.0 => results.add(at, TRACED, traced / operations),
            (_, &[value]) => results.add(at, name, value),
            _ => {}
        }
    }
}
