//! Pins the instruction counts of gcycle's main paths, so that a change that
//! makes one worse is noticed on any machine, however busy.
//!
//! ```text
//! cargo run --release -p gcycle-counts -- check    # compare with pinned.txt
//! cargo run --release -p gcycle-counts -- pin      # write it anew
//! ```
//!
//! With `--features sites` it is `pinned-sites.txt`, and what sites cost is limited.
//!
//! Each path runs under valgrind twice, the second time with twice the
//! operations; the difference is what they take, and all else falls out.
//! Instructions are counted in [`paths::measured`] only.

mod paths;
mod pins;
mod valgrind;

use std::process::ExitCode;

use paths::PATHS;
use pins::Pins;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["run", name, rounds] => return run(name, rounds),
        ["check"] => check(),
        ["pin"] => pin(),
        _ => Err("usage: gcycle-counts check | pin".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("counts: {message}");
            ExitCode::FAILURE
        }
    }
}

/// What valgrind runs.
fn run(name: &str, rounds: &str) -> ExitCode {
    let path = PATHS.iter().find(|path| path.name == name);
    match (path, rounds.parse()) {
        (Some(path), Ok(rounds)) => {
            (path.run)(rounds);
            ExitCode::SUCCESS
        }
        _ => ExitCode::from(2),
    }
}

/// Counts all paths, in the order of the list.
fn count_all() -> Result<Pins, String> {
    let mut counted = Pins::of_this_compiler();
    for path in PATHS {
        counted.set(path.name, valgrind::instructions(path)?);
    }
    Ok(counted)
}

/// The paths that make and drop objects, and cost too much more than without the feature.
fn too_much_for_sites(counted: &Pins) -> Result<Vec<&'static str>, String> {
    let without = Pins::without_features()?;
    let mut worse = Vec::new();
    println!("for sites, {:.1} times as many are allowed", pins::MOST_FOR_SITES);
    for name in PATHS.iter().map(|path| path.name).filter(|name| name.starts_with("new_drop")) {
        let ratio = counted.get(name).zip(without.get(name)).map_or(f64::NAN, |(a, b)| a / b);
        println!("{name:>18} {ratio:8.2}");
        if ratio.is_nan() || ratio > pins::MOST_FOR_SITES {
            worse.push(name);
        }
    }
    Ok(worse)
}

fn pin() -> Result<(), String> {
    let counted = count_all()?;
    counted.save()?;
    print!("{}", counted.as_text());
    Ok(())
}

fn check() -> Result<(), String> {
    let pinned = Pins::load()?;
    let counted = count_all()?;
    let tolerance = pinned.tolerance_for(&counted);
    if pinned.compiler() != counted.compiler() {
        println!("pinned with {}, compared with {}:", pinned.compiler(), counted.compiler());
    }
    println!("instructions for one operation, {:.0} % tolerated", 100.0 * tolerance);
    let mut worse = Vec::new();
    for path in PATHS {
        let name = path.name;
        let now = counted.get(name).unwrap_or(f64::NAN);
        let Some(before) = pinned.get(name) else {
            worse.push(name);
            println!("{name:>18} {now:8.1}  not pinned");
            continue;
        };
        let verdict = if pins::is_worse(before, now, tolerance) {
            worse.push(name);
            "worse"
        } else if pins::is_worse(now, before, tolerance) {
            "better: pin it"
        } else {
            "as pinned"
        };
        println!("{name:>18} {now:8.1}  {before:8.1}  {verdict}");
    }
    if cfg!(feature = "sites") {
        worse.extend(too_much_for_sites(&counted)?);
    }
    if worse.is_empty() { Ok(()) } else { Err(format!("worse than pinned: {}", worse.join(", "))) }
}
