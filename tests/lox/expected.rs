//! What a script's comments say about it.

use std::process::Output;

use crate::process::text;

/// What a script's comments say about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    output: Vec<String>,
    errors: Vec<String>,
    exit_code: i32,
    /// Only the innermost call is given.
    has_open_trace: bool,
}

impl Expected {
    /// What the comments in `source` say.
    pub(crate) fn of(source: &str) -> Expected {
        let mut expected = Expected::default();
        let mut trace = Vec::new();
        for (line, number) in source.lines().zip(1..) {
            let Some((_, comment)) = line.split_once("// ") else {
                continue;
            };
            if let Some(output) = comment.strip_prefix("expect: ") {
                expected.output.push(output.to_owned());
            } else if let Some(message) = comment.strip_prefix("expect runtime error: ") {
                expected.exit_code = 70;
                expected.errors.push(message.to_owned());
                trace.insert(0, format!("[line {number}]"));
            } else if let Some(call) = comment.strip_prefix("trace: ") {
                trace.push(call.to_owned());
            } else if comment.starts_with("Error") {
                expected.exit_code = 65;
                expected.errors.push(format!("[line {number}] {comment}"));
            } else if comment.starts_with("[line ") {
                expected.exit_code = 65;
                expected.errors.push(comment.to_owned());
            }
        }
        // A complete trace repeats the line of the error.
        match trace.len() {
            0 => {}
            1 => expected.has_open_trace = true,
            _ => drop(trace.remove(0)),
        }
        expected.errors.extend(trace);
        expected
    }

    /// What `output` does otherwise than expected.
    pub(crate) fn difference(&self, output: &Output) -> Option<String> {
        let mut actual = Expected {
            output: text(&output.stdout).lines().map(str::to_owned).collect(),
            errors: text(&output.stderr).lines().map(str::to_owned).collect(),
            exit_code: output.status.code().unwrap_or(-1),
            has_open_trace: self.has_open_trace,
        };
        if self.has_open_trace {
            actual.errors.truncate(2);
            if let Some((line, _)) = actual.errors.last().and_then(|call| call.split_once(" in ")) {
                let line = line.to_owned();
                actual.errors[1] = line;
            }
        }
        (*self != actual).then(|| format!("expected {self:#?}\nbut it did {actual:#?}"))
    }
}
