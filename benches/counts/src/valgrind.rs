//! Counts with valgrind, which runs this same program.

use std::process::Command;

use crate::paths::Path;

/// Rounds of the first run; the second has twice as many.
const ROUNDS: u64 = 2;

/// Instructions for one operation of a path.
pub(crate) fn instructions(path: &Path) -> Result<f64, String> {
    let (once, twice) = (total(path, ROUNDS)?, total(path, 2 * ROUNDS)?);
    Ok((twice - once) as f64 / (ROUNDS * path.operations) as f64)
}

/// All instructions of so many rounds.
fn total(path: &Path, rounds: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*paths::measured*")
        .arg(program)
        .args(["run", path.name, &rounds.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let counted = report.lines().find_map(|line| line.split_once("Collected : "));
    match counted.and_then(|(_, number)| number.trim().parse().ok()) {
        Some(counted) if output.status.success() && counted > 0 => Ok(counted),
        _ => Err(format!("{}: valgrind counted nothing: {report}", path.name)),
    }
}
