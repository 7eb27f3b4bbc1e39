//! The example as a process, which is how its users see it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::SystemTime;
use std::{env, fs};

/// The example, built: `cargo test` builds it before it runs the tests,
/// `cargo test --test lox` does not.
pub(crate) static LOX: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = env::current_exe().expect("the test knows its path");
    let profile = test.ancestors().nth(2).expect("tests are in target/<profile>/deps");
    let lox = profile.join("examples").join(format!("lox{}", env::consts::EXE_SUFFIX));
    if is_older_than_sources(&lox) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--example", "lox"]);
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let mut target_dir = profile.parent().expect("profiles are in a directory");
        // With `--target` there is a directory for the target between the two.
        if let Some(target) = target_dir.file_name().and_then(OsStr::to_str)
            && target.starts_with(env::consts::ARCH)
        {
            cargo.args(["--target", target]);
            target_dir = target_dir.parent().expect("targets are in a directory");
        }
        cargo.arg("--target-dir").arg(target_dir);
        assert!(cargo.status().expect("cargo runs").success(), "the example builds");
    }
    lox
});

fn is_older_than_sources(lox: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let newest = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let times = files_under(&folder, "rs").into_iter().filter_map(|path| modified(&path).ok());
        times.max().unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let Ok(built) = modified(lox) else {
        return true;
    };
    ["examples/lox", "src", "gc-core/src", "gc-derive/src"].map(newest).iter().any(|&t| t > built)
}

/// The files with this extension in `folder` and the folders in it, in order.
pub(crate) fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(files_under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

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
