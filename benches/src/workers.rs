//! The worker programs: one for each allocator, as a program has one global
//! allocator; and two that are built without optimization.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::options::Options;
use crate::workloads::{Profile, WORKLOADS};

/// The allocators compared.
pub(crate) const ALLOCATORS: [&str; 2] = ["glibc", "mimalloc"];

/// Cargo's dev profile as it is, and with the lines that `docs/performance.md` advises:
/// what their figures are filed under instead of an allocator. It is glibc's.
pub(crate) const DEV: [&str; 2] = ["dev", "dev-opt-1"];

/// These lines, as an option of cargo.
const ADVISED: &str = "profile.dev.package.gcycle-core.opt-level=1";

/// A worker program.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The allocator it uses, or one of [`DEV`].
    pub(crate) allocator: &'static str,
    /// How it is built.
    pub(crate) profile: Profile,
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

/// Compiles the workers that are needed; one for each allocator always is.
///
/// # Errors
///
/// If cargo cannot.
pub(crate) fn build(here: &Path, options: &Options) -> Result<Vec<Worker>, Box<dyn Error>> {
    let target = here.join("target");
    compile(here, &target, |cargo| cargo.args(["--release", "--bins"]))?;
    let optimized = ALLOCATORS.map(|allocator| Worker {
        allocator,
        profile: Profile::Release,
        path: target.join("release").join(format!("worker-{allocator}")),
    });
    let mut workers = Vec::from(optimized);
    let is_dev_wanted = |name| {
        let of_dev = WORKLOADS.iter().filter(|workload| workload.group.profile() == Profile::Dev);
        of_dev.into_iter().any(|workload| options.wants_on(workload.name, name))
    };
    for name in DEV.into_iter().filter(|name| is_dev_wanted(name)) {
        workers.push(build_dev(here, &target.join(name), name)?);
    }
    Ok(workers)
}

/// Compiles a worker as cargo compiles a program of a user while it is developed: without the
/// checks that debug builds in this repository make, for which `.cargo/config.toml` sets a flag.
fn build_dev(here: &Path, target: &Path, name: &'static str) -> Result<Worker, Box<dyn Error>> {
    let program = format!("worker-{}", ALLOCATORS[0]);
    compile(here, target, |cargo| {
        cargo.args(["--bin", &program]).env("CARGO_ENCODED_RUSTFLAGS", "");
        if name == DEV[1] { cargo.args(["--config", ADVISED]) } else { cargo }
    })?;
    let path = target.join("debug").join(program);
    Ok(Worker { allocator: name, profile: Profile::Dev, path })
}

/// Has cargo build the package of the workers with these options.
fn compile(
    here: &Path,
    target: &Path,
    options: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<(), Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--package", "gcycle-workloads"])
        .arg("--manifest-path")
        .arg(here.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target);
    if !options(&mut command).status()?.success() {
        return Err("the workers do not compile".into());
    }
    Ok(())
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
