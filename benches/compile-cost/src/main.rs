//! What `#[derive(Trace)]` adds to `cargo check`, compared with
//! `#[derive(Clone)]`.
//!
//! Writes three packages of 1,000 structs with 8 fields each: the bare structs,
//! the structs with `Clone`, the structs with `Trace`. It checks them in turn,
//! several rounds, dependencies built beforehand and without incremental
//! compilation, and compares the medians of what each derive adds to the bare
//! structs. What counts is the processor's time, which other programs disturb
//! less than the clock's; where the system does not tell it, the clock's counts.
//!
//! ```text
//! cargo run --release --manifest-path benches/compile-cost/Cargo.toml -- [ROUNDS]
//! ```
//!
//! Exits with 1 if `Trace` adds more than 1.5 times what `Clone` adds.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const STRUCTS: usize = 1_000;
const LIMIT: f64 = 1.5;
const DEFAULT_ROUNDS: usize = 9;

/// The types of the fields of four kinds of structs, which take turns. `@`
/// stands for another struct. All of them can be cloned.
const KINDS: [(&str, [&str; 8]); 4] = [
    (
        "trees",
        [
            "Option<Gc<@>>",
            "Vec<Gc<@>>",
            "Option<Gc<@>>",
            "String",
            "u32",
            "bool",
            "Vec<String>",
            "Option<Box<@>>",
        ],
    ),
    (
        "records",
        [
            "u64",
            "String",
            "Option<String>",
            "Vec<u8>",
            "bool",
            "[f32; 4]",
            "Box<str>",
            "Option<u32>",
        ],
    ),
    (
        "cells",
        [
            "RefCell<Vec<Gc<@>>>",
            "RefCell<Option<Gc<@>>>",
            "HashMap<String, Gc<@>>",
            "BTreeMap<u32, Gc<@>>",
            "RefCell<Weak<@>>",
            "Rc<str>",
            "usize",
            "Cell<bool>",
        ],
    ),
    ("edges", ["Gc<@>"; 8]),
];

/// The packages, and what their structs derive.
const PACKAGES: [(&str, Option<&str>); 3] =
    [("bare", None), ("clone", Some("Clone")), ("trace", Some("gcycle::Trace"))];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("compile-cost: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode> {
    let rounds = match env::args().nth(1) {
        Some(argument) => argument.parse().map_err(|_| "ROUNDS is a number")?,
        None => DEFAULT_ROUNDS,
    };
    let home = write_packages()?;
    let mut times = [const { Vec::new() }; 3];
    // The first round builds the dependencies and warms the caches.
    for round in 0..=rounds {
        for ((package, _), times) in PACKAGES.iter().zip(&mut times) {
            let time = check(&home, package)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [bare, clone, trace] = times.map(median);
    let added = |time: Duration| (time.as_secs_f64() - bare.as_secs_f64()) * 1e3;
    let ratio = added(trace) / added(clone);
    println!("{STRUCTS} structs of 8 fields, cargo check, median of {rounds} rounds");
    println!("  bare structs      {:7.0} ms", bare.as_secs_f64() * 1e3);
    println!("  derive(Clone) adds {:6.0} ms", added(clone));
    println!("  derive(Trace) adds {:6.0} ms, {ratio:.2} times as much", added(trace));
    if ratio > LIMIT {
        println!("  more than the limit of {LIMIT}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Times one `cargo check` of `package`.
fn check(home: &Path, package: &str) -> Result<Duration> {
    let source = home.join(package).join("src/lib.rs");
    fs::write(&source, fs::read(&source)?)?;
    let (used, started) = (children_time(), Instant::now());
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--package", package])
        .current_dir(home)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("CARGO_TARGET_DIR")
        .output()?;
    let time = match (used, children_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.elapsed(),
    };
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(time)
}

/// The processor's time that finished child processes used, where Linux tells it
/// in its usual ticks of 10 ms.
fn children_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may contain anything: user and system time of
    // children are the fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

/// Writes a workspace with the packages and says where.
fn write_packages() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("../..").canonicalize()?;
    let gcycle = root.display();
    let home = here.join("target/compile-cost");
    fs::create_dir_all(&home)?;
    let members = PACKAGES.map(|(package, _)| format!("{package:?}")).join(", ");
    fs::write(
        home.join("Cargo.toml"),
        format!("[workspace]\nmembers = [{members}]\nresolver = \"3\"\n"),
    )?;
    fs::copy(root.join("Cargo.lock"), home.join("Cargo.lock"))?;
    for (package, derive) in PACKAGES {
        let folder = home.join(package);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\ngcycle = {{ path = {gcycle:?} }}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/lib.rs"), source(derive)?)?;
    }
    Ok(home)
}

/// The structs, in groups of eight that refer to each other.
fn source(derive: Option<&str>) -> Result<String> {
    let mut source = String::from(
        "#![allow(unused_imports)]\n\
         use std::cell::{Cell, RefCell};\n\
         use std::collections::{BTreeMap, HashMap};\n\
         use std::rc::Rc;\n\
         use gcycle::{Gc, Weak};\n\n",
    );
    for number in 0..STRUCTS {
        let (kind, fields) = KINDS[number % KINDS.len()];
        if let Some(derive) = derive {
            writeln!(source, "#[derive({derive})]")?;
        }
        writeln!(source, "/// One of the {kind}.\npub struct S{number} {{")?;
        for (position, ty) in fields.iter().enumerate() {
            let other = number / 8 * 8 + (number + position + 1) % 8;
            let ty = ty.replace('@', &format!("S{other}"));
            writeln!(source, "    pub field{position}: {ty},")?;
        }
        writeln!(source, "}}\n")?;
    }
    Ok(source)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
