//! How a program ended, and what that means to the shell.

use std::process::ExitCode;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran to its end.
    Success,
    /// It is not a Lox program.
    CompileError,
    /// It failed while running.
    RuntimeError,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Success => ExitCode::SUCCESS,
            Outcome::CompileError => ExitCode::from(65),
            Outcome::RuntimeError => ExitCode::from(70),
        }
    }
}
