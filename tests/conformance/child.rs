//! Runs scenarios in processes of their own, to see what they print.
//!
//! The collector writes its debug lines to standard error, as CPython does. So
//! a test runs itself again as a child process, which plays one scenario on a
//! new thread, ends that thread, and exits.

use std::env;
use std::process::{self, Command};
use std::thread;

/// Tells a process that it is a child, and the number of its scenario.
const CHILD: &str = "GCYCLE_CONFORMANCE_CHILD";

/// What each of the scenarios wrote to standard error, from its start to the
/// end of its thread. `test` is the full name of the test that calls this.
///
/// # Panics
///
/// If a scenario panics.
pub(crate) fn stderr_of<const N: usize>(test: &str, scenarios: [fn(); N]) -> [String; N] {
    if let Ok(number) = env::var(CHILD) {
        let number: usize = number.parse().unwrap();
        let is_ok = thread::spawn(scenarios[number]).join().is_ok();
        process::exit(i32::from(!is_ok));
    }
    core::array::from_fn(|number| stderr_of_child(test, number))
}

fn stderr_of_child(test: &str, number: usize) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, number.to_string())
        // What is uncollectable leaks, which a sanitizer would report here.
        .env("ASAN_OPTIONS", "detect_leaks=0")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "scenario {number} of {test} failed:\n{stderr}");
    stderr
}
