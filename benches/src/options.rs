//! The command line.

use std::path::PathBuf;

/// What `--help` says.
pub(crate) const USAGE: &str = "\
usage: cargo benches [OPTIONS]

  --rounds N             processes for each pair of workload and library (3);
                         one for those that take long, unless they are named
  --workloads A,B        only these
  --libraries A,B        only these; CPython is one
  --allocators A,B       only these of: glibc, mimalloc, and for what is built without
                         optimization, on glibc: dev, dev-opt-1
  --no-instructions      do not count instructions with valgrind
  --python PATH          a CPython to compare with; may be repeated (python3)
  --add                  keep what the last run measured of all others
  --render               measure nothing, write the page again
";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Options {
    /// Processes for each pair.
    pub(crate) rounds: usize,
    /// Only these workloads; all if empty.
    pub(crate) workloads: Vec<String>,
    /// Only these libraries; all if empty.
    pub(crate) libraries: Vec<String>,
    /// Only these allocators; all if empty.
    pub(crate) allocators: Vec<String>,
    /// Whether instructions are counted.
    pub(crate) instructions: bool,
    /// The Python interpreters to compare with.
    pub(crate) pythons: Vec<PathBuf>,
    /// Whether the last run is kept and added to.
    pub(crate) add: bool,
    /// Whether the last run is only rendered.
    pub(crate) render: bool,
}

impl Options {
    /// Reads the command line; `None` if it asks for help.
    ///
    /// # Errors
    ///
    /// A sentence about the first argument that makes no sense.
    pub(crate) fn parse(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Options>, String> {
        let mut options = Options {
            rounds: 3,
            workloads: Vec::new(),
            libraries: Vec::new(),
            allocators: Vec::new(),
            instructions: true,
            pythons: Vec::new(),
            add: false,
            render: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{USAGE}"));
            match argument.as_str() {
                "--rounds" => {
                    let number = value()?;
                    options.rounds =
                        number.parse().map_err(|_| format!("--rounds {number}: not a number"))?;
                }
                "--workloads" => options.workloads = list(&value()?),
                "--libraries" => options.libraries = list(&value()?),
                "--allocators" => options.allocators = list(&value()?),
                "--no-instructions" => options.instructions = false,
                "--python" => options.pythons.push(value()?.into()),
                "--add" => options.add = true,
                "--render" => options.render = true,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("{argument}: unknown option\n\n{USAGE}")),
            }
        }
        if options.pythons.is_empty() {
            options.pythons.push("python3".into());
        }
        Ok(Some(options))
    }

    /// Whether workloads were asked for by their names.
    #[must_use]
    pub(crate) fn names_workloads(&self) -> bool {
        !self.workloads.is_empty()
    }

    /// Whether these were asked for.
    #[must_use]
    pub(crate) fn wants(&self, workload: &str, library: &str, allocator: &str) -> bool {
        self.wants_library(workload, library) && is_in(&self.allocators, allocator)
    }

    /// Whether a workload was asked for with what stands for an allocator.
    #[must_use]
    pub(crate) fn wants_on(&self, workload: &str, allocator: &str) -> bool {
        is_in(&self.workloads, workload) && is_in(&self.allocators, allocator)
    }

    /// Whether these were asked for, for a library that has its own allocator.
    #[must_use]
    pub(crate) fn wants_library(&self, workload: &str, library: &str) -> bool {
        is_in(&self.workloads, workload) && is_in(&self.libraries, library)
    }
}

/// Whether `names` are all there are, or `name` is one of them.
fn is_in(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|other| other == name)
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}
