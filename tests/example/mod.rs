//! An example as a program, which is how its users see it. Not a test by itself.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The example of this name, built as the test was. `cargo test` builds it before it
/// runs the tests, `cargo test --test NAME` does not.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    let profile_dir = test.ancestors().nth(2).expect("tests are in PROFILE/deps");
    let example = profile_dir.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if is_older_than_sources(&example) {
        build(name, profile_dir);
    }
    example
}

/// Whether a file of the example, or of the library, changed later.
fn is_older_than_sources(example: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let newest = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let times = files_under(&folder, "rs").into_iter().filter_map(|path| modified(&path).ok());
        times.max().unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let Ok(built) = modified(example) else {
        return true;
    };
    let folders = [".", "../../src", "../../gc-core/src", "../../gc-derive/src"];
    folders.map(newest).iter().any(|&changed| changed > built)
}

fn build(name: &str, profile_dir: &Path) {
    let profile = match profile_dir.file_name().and_then(OsStr::to_str) {
        Some("debug") => "dev",
        name => name.expect("cargo names profiles in UTF-8"),
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", name, "--profile", profile]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut target_dir = profile_dir.parent().expect("profiles are in a directory");
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
