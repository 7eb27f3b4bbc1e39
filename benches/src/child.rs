//! One worker process: started, watched, and ended if it takes too long or too
//! much. A library that fails at a workload gets a row that says how.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The most processor time a process may take, in seconds.
const TIME_LIMIT: u64 = 20;

/// The ticks of a second in `/proc`.
const TICKS: u64 = 100;

/// The longest a process may take on a machine that has other work, or if it
/// sleeps.
const PATIENCE: Duration = Duration::from_mins(5);

/// The most memory a process may have resident, in 4 KiB pages.
const PAGE_LIMIT: u64 = 4 << 18;

/// How often a process is looked at.
const INTERVAL: Duration = Duration::from_millis(4);

/// Runs a program to its end: what it printed, or how it failed.
///
/// # Errors
///
/// A few words for the table.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| format!("not started: {error}"))?;
    let status = watch(&mut child);
    let (mut printed, mut complaint) = (String::new(), String::new());
    if let (Some(mut out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) {
        // What is no text is no figure either.
        let _ = out.read_to_string(&mut printed);
        let _ = err.read_to_string(&mut complaint);
    }
    let status = status?;
    if status.success() { Ok(printed) } else { Err(failure(status, &complaint)) }
}

/// Waits for the process, within its limits.
fn watch(child: &mut Child) -> Result<ExitStatus, String> {
    let started = Instant::now();
    let reason = loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(error) => break format!("lost: {error}"),
        }
        if ticks(child.id()) > TIME_LIMIT * TICKS || started.elapsed() > PATIENCE {
            break format!("over {TIME_LIMIT} s");
        }
        if resident_pages(child.id()) > PAGE_LIMIT {
            break format!("over {} GiB", PAGE_LIMIT >> 18);
        }
        sleep(INTERVAL);
    };
    // It is this process's own child; if it ended meanwhile, all the better.
    let _ = child.kill();
    let _ = child.wait();
    Err(reason)
}

/// The processor time that a process took, in ticks.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is the program's name in brackets; the time in user mode
    // is the fourteenth field, that in the kernel the next.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split(' ');
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

fn resident_pages(process: u32) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0)
}

fn failure(status: ExitStatus, complaint: &str) -> String {
    if complaint.contains("overflowed its stack") {
        return "stack overflow".into();
    }
    if complaint.contains("memory allocation of") {
        return "out of memory".into();
    }
    let panic = complaint.lines().skip_while(|line| !line.contains("panicked at")).nth(1);
    match panic {
        Some(message) => format!("panic: {}", message.chars().take(40).collect::<String>()),
        None => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::run;

    fn shell(script: &str) -> Result<String, String> {
        run(Path::new("sh"), &["-c", script])
    }

    #[test]
    fn what_a_process_prints_comes_back() {
        assert_eq!(shell("echo sample 1 2"), Ok("sample 1 2\n".into()));
    }

    #[test]
    fn processor_time_is_read() {
        let me = std::process::id();
        let before = super::ticks(me);
        let started = std::time::Instant::now();
        while super::ticks(me) < before + 5 {
            assert!(started.elapsed().as_secs() < 60, "time passes");
        }
    }

    #[test]
    fn failures_are_told_in_a_few_words() {
        let overflow = "echo \"thread 'main' has overflowed its stack\" >&2; kill -ABRT $$";
        assert_eq!(shell(overflow), Err("stack overflow".into()));
        let panic = "echo \"thread 'main' panicked at a.rs:1:2:\noh no\" >&2; exit 101";
        assert_eq!(shell(panic), Err("panic: oh no".into()));
        assert_eq!(shell("exit 3"), Err("exit status: 3".into()));
    }
}
