//! The example as a process, which is how its users see it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::example::built;

/// The example, built.
pub(crate) static LOX: LazyLock<PathBuf> = LazyLock::new(|| built("lox"));

/// Runs a script.
///
/// Under `gc_zeal` it collects at each allocation. Up to the first collection it
/// would not, unless thresholds are set.
pub(crate) fn lox(script: &Path, flags: &[&str]) -> Output {
    let mut lox = Command::new(&*LOX);
    if cfg!(gc_zeal) && !flags.contains(&"--gc-threshold") {
        lox.args(["--gc-threshold", "700,10,10"]);
    }
    lox.args(flags).arg(script).output().expect("the example runs")
}

/// Runs a program that is not worth a file.
pub(crate) fn lox_source(name: &str, source: &str) -> Output {
    lox_source_with(name, source, &[])
}

/// As [`lox_source`], with flags.
pub(crate) fn lox_source_with(name: &str, source: &str, flags: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&script, source).expect("the target folder can be written");
    lox(&script, flags)
}

/// What a program wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
