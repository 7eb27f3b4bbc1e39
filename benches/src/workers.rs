//! The worker programs: one for each allocator, as a program has one global
//! allocator.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The allocators compared.
pub(crate) const ALLOCATORS: [&str; 2] = ["glibc", "mimalloc"];

/// A worker program.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The allocator it uses.
    pub(crate) allocator: &'static str,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// A workload on a library.
#[derive(Debug)]
pub(crate) struct Case {
    /// The library's name.
    pub(crate) library: String,
    /// The workload's name.
    pub(crate) workload: String,
}

/// Compiles the workers.
///
/// # Errors
///
/// If cargo cannot.
pub(crate) fn build(here: &Path) -> Result<Vec<Worker>, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = here.join("target");
    let status = Command::new(cargo)
        .args(["build", "--release", "--bins", "--package", "gcycle-workloads"])
        .arg("--manifest-path")
        .arg(here.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if !status.success() {
        return Err("the workers do not compile".into());
    }
    let worker = |allocator| {
        let path = target.join("release").join(format!("worker-{allocator}"));
        Worker { allocator, path }
    };
    Ok(ALLOCATORS.map(worker).into())
}

/// What the workers can run.
///
/// # Errors
///
/// If a worker cannot be started.
pub(crate) fn cases(workers: &[Worker]) -> Result<Vec<Case>, Box<dyn Error>> {
    let listing = Command::new(&workers[0].path).arg("list").output()?.stdout;
    let listing = String::from_utf8(listing)?;
    let pairs = listing.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs
        .map(|(library, workload)| Case { library: library.into(), workload: workload.into() })
        .collect())
}
