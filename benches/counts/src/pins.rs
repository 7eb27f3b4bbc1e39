//! The file of pinned counts.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What a count may grow by, relatively.
const TOLERANCE: f64 = 0.03;

/// The same if another compiler made the pins: it may inline differently.
const TOLERANCE_ACROSS_COMPILERS: f64 = 0.15;

/// What a path that makes and drops objects may cost where objects know their sites, as a
/// multiple of its cost where they do not.
pub(crate) const MOST_FOR_SITES: f64 = 1.3;

/// What a count may grow by, absolutely: half an instruction is no news.
const SLACK: f64 = 0.5;

/// Counts by name, and the compiler of the program they are about.
#[derive(Debug)]
pub(crate) struct Pins {
    compiler: String,
    counts: Vec<(String, f64)>,
}

/// Whether a count grew from `before` to `now` by more than is tolerated.
pub(crate) fn is_worse(before: f64, now: f64, tolerance: f64) -> bool {
    now > before * (1.0 + tolerance) + SLACK
}

/// The name of the file with the pins of this build.
const FILE: &str = if cfg!(feature = "sites") { "pinned-sites.txt" } else { WITHOUT_FEATURES };

const WITHOUT_FEATURES: &str = "pinned.txt";

fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), file].iter().collect()
}

impl Pins {
    /// No counts yet.
    pub(crate) fn of_this_compiler() -> Pins {
        let version = Command::new("rustc").arg("--version").output();
        let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let words: Vec<String> =
            version.unwrap_or_default().split(' ').take(2).map(str::to_owned).collect();
        Pins { compiler: words.join(" "), counts: Vec::new() }
    }

    /// Reads the file of this build.
    pub(crate) fn load() -> Result<Pins, String> {
        Pins::read(FILE)
    }

    /// Reads the file of a build without features.
    pub(crate) fn without_features() -> Result<Pins, String> {
        Pins::read(WITHOUT_FEATURES)
    }

    fn read(file: &str) -> Result<Pins, String> {
        let text = fs::read_to_string(path(file)).map_err(|error| format!("{file}: {error}"))?;
        let mut pins = Pins { compiler: String::new(), counts: Vec::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(' ') {
                Some(("compiler", version)) => version.trim().clone_into(&mut pins.compiler),
                Some((name, count)) => {
                    let count = count.trim().parse();
                    pins.set(name, count.map_err(|_| format!("{file}: {line}"))?);
                }
                None => {}
            }
        }
        Ok(pins)
    }

    /// Writes the file.
    pub(crate) fn save(&self) -> Result<(), String> {
        fs::write(path(FILE), self.as_text()).map_err(|error| format!("{FILE}: {error}"))
    }

    /// The text of the file.
    pub(crate) fn as_text(&self) -> String {
        let mut text = String::from(
            "# Instructions for one operation of each main path; `gcycle-counts pin` writes it.\n",
        );
        let _ = writeln!(text, "compiler {}", self.compiler);
        for (name, count) in &self.counts {
            let _ = writeln!(text, "{name} {count:.1}");
        }
        text
    }

    /// The compiler.
    pub(crate) fn compiler(&self) -> &str {
        &self.compiler
    }

    /// What may be tolerated when these pins are compared with other counts.
    pub(crate) fn tolerance_for(&self, other: &Pins) -> f64 {
        if self.compiler == other.compiler { TOLERANCE } else { TOLERANCE_ACROSS_COMPILERS }
    }

    /// A count.
    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        self.counts.iter().find(|(known, _)| known == name).map(|&(_, count)| count)
    }

    /// Adds a count.
    pub(crate) fn set(&mut self, name: &str, count: f64) {
        self.counts.push((name.to_owned(), count));
    }
}

#[cfg(test)]
mod tests {
    use super::is_worse;

    #[test]
    fn a_count_may_grow_by_what_is_tolerated_only() {
        assert!(!is_worse(100.0, 103.0, 0.03));
        assert!(is_worse(100.0, 104.0, 0.03));
        assert!(!is_worse(3.0, 3.5, 0.03));
        assert!(is_worse(3.0, 4.0, 0.03));
        assert!(!is_worse(100.0, 50.0, 0.03));
    }
}
