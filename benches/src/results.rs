//! What was measured, and how it is kept from one run of the program to the
//! next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Nanoseconds for one operation.
pub(crate) const TIME: &str = "ns";
/// The most memory that was resident, in KiB.
pub(crate) const PEAK: &str = "peak_kib";
/// Objects that collections looked at, for one operation.
pub(crate) const TRACED: &str = "traced";
/// The part of the time that collections took.
pub(crate) const SHARE: &str = "collector_share";
/// Instructions for one operation.
pub(crate) const INSTRUCTIONS: &str = "instructions";

/// A workload on a library on an allocator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    workload: String,
    library: String,
    allocator: String,
}

impl Key {
    fn new(workload: &str, library: &str, allocator: &str) -> Key {
        let [workload, library, allocator] = [workload, library, allocator].map(str::to_owned);
        Key { workload, library, allocator }
    }
}

/// The figures of one such combination.
#[derive(Clone, Debug, Default)]
struct Cell {
    figures: BTreeMap<String, Vec<f64>>,
    failure: Option<String>,
}

/// All figures.
#[derive(Debug, Default)]
pub(crate) struct Results {
    cells: BTreeMap<Key, Cell>,
}

impl Results {
    /// Adds a figure.
    pub(crate) fn add(&mut self, at: [&str; 3], figure: &str, value: f64) {
        let [workload, library, allocator] = at;
        let cell = self.cells.entry(Key::new(workload, library, allocator)).or_default();
        cell.figures.entry(figure.to_owned()).or_default().push(value);
    }

    /// Forgets a combination.
    pub(crate) fn forget(&mut self, [workload, library, allocator]: [&str; 3]) {
        self.cells.remove(&Key::new(workload, library, allocator));
    }

    /// Forgets what all libraries whose names begin so did with these workloads.
    pub(crate) fn forget_all_of(&mut self, prefix: &str, workloads: &[&str]) {
        let is_one = |key: &Key| {
            key.library.starts_with(prefix) && workloads.contains(&key.workload.as_str())
        };
        self.cells.retain(|key, _| !is_one(key));
    }

    /// Notes how a combination failed.
    pub(crate) fn fail(&mut self, [workload, library, allocator]: [&str; 3], failure: String) {
        let cell = self.cells.entry(Key::new(workload, library, allocator)).or_default();
        cell.failure = Some(failure);
    }

    fn cell(&self, [workload, library, allocator]: [&str; 3]) -> Option<&Cell> {
        self.cells.get(&Key::new(workload, library, allocator))
    }

    /// How a combination failed, if it did.
    pub(crate) fn failure(&self, at: [&str; 3]) -> Option<&str> {
        self.cell(at)?.failure.as_deref()
    }

    fn values(&self, at: [&str; 3], figure: &str) -> Option<&[f64]> {
        let cell = self.cell(at).filter(|cell| cell.failure.is_none())?;
        cell.figures.get(figure).map(Vec::as_slice)
    }

    /// The smallest value of a figure.
    pub(crate) fn minimum(&self, at: [&str; 3], figure: &str) -> Option<f64> {
        self.values(at, figure)?.iter().copied().reduce(f64::min)
    }

    /// The middle value of a figure.
    pub(crate) fn median(&self, at: [&str; 3], figure: &str) -> Option<f64> {
        let mut values = self.values(at, figure)?.to_vec();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    /// How many processes gave figures.
    pub(crate) fn processes(&self) -> usize {
        let peaks = |cell: &Cell| cell.figures.get(PEAK).map_or(0, Vec::len);
        self.cells.values().map(peaks).sum()
    }

    /// The libraries that have a figure for a workload.
    pub(crate) fn libraries(&self, workload: &str) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self
            .cells
            .keys()
            .filter(|key| key.workload == workload)
            .map(|key| key.library.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }

    /// Writes everything to a file.
    ///
    /// # Errors
    ///
    /// As [`fs::write`].
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let mut text = String::new();
        for (key, cell) in &self.cells {
            let at = format!("{}\t{}\t{}", key.workload, key.library, key.allocator);
            if let Some(failure) = &cell.failure {
                let _ = writeln!(text, "{at}\tfailure\t{failure}");
            }
            for (figure, values) in &cell.figures {
                let values: Vec<String> = values.iter().map(f64::to_string).collect();
                let _ = writeln!(text, "{at}\t{figure}\t{}", values.join(" "));
            }
        }
        fs::write(path, text)
    }

    /// Reads what [`save`](Results::save) wrote.
    ///
    /// # Errors
    ///
    /// As [`fs::read_to_string`].
    pub(crate) fn load(path: &Path) -> io::Result<Results> {
        let mut results = Results::default();
        for line in fs::read_to_string(path)?.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [workload, library, allocator, figure, values] = fields[..] else { continue };
            let at = [workload, library, allocator];
            if figure == "failure" {
                results.fail(at, values.to_owned());
                continue;
            }
            for value in values.split(' ').filter_map(|value| value.parse().ok()) {
                results.add(at, figure, value);
            }
        }
        Ok(results)
    }
}

#[cfg(test)]
mod tests {
    use super::{Results, TIME};

    #[test]
    fn what_was_saved_is_loaded() {
        let mut results = Results::default();
        let at = ["rings_2", "Rc + Weak", "glibc"];
        for time in [3.5, 1.25, 2.0] {
            results.add(at, TIME, time);
        }
        results.fail(["rings_2", "gc", "glibc"], "stack overflow".into());
        let path = std::env::temp_dir().join(format!("results-{}.tsv", std::process::id()));
        results.save(&path).expect("the file is written");
        let loaded = Results::load(&path).expect("the file is read");
        std::fs::remove_file(&path).expect("the file is there");
        assert_eq!(loaded.minimum(at, TIME), Some(1.25));
        assert_eq!(loaded.median(at, TIME), Some(2.0));
        assert_eq!(loaded.failure(["rings_2", "gc", "glibc"]), Some("stack overflow"));
    }

    #[test]
    fn other_workloads_of_a_library_are_kept() {
        let mut results = Results::default();
        let (measured_anew, kept) = (["rings_2", "CPython 3", "-"], ["hub", "CPython 3", "-"]);
        results.add(measured_anew, TIME, 1.0);
        results.add(kept, TIME, 2.0);
        results.forget_all_of("CPython ", &["rings_2"]);
        assert_eq!(results.minimum(measured_anew, TIME), None);
        assert_eq!(results.minimum(kept, TIME), Some(2.0));
    }

    #[test]
    fn a_combination_that_failed_has_no_figures() {
        let mut results = Results::default();
        let at = ["rings_2", "gc", "glibc"];
        results.add(at, TIME, 1.0);
        results.fail(at, "over 20 s".into());
        assert_eq!(results.minimum(at, TIME), None);
    }
}
