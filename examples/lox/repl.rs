//! The prompt: one line at a time, with history, until end of input.

use core::error::Error;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::vm::Vm;

/// Reads lines and runs them in one session.
///
/// # Errors
///
/// Fails if the terminal does, or if output cannot be written; errors in a line
/// are printed, and the next line may try again.
pub(crate) fn run_prompt(vm: &mut Vm) -> Result<(), Box<dyn Error>> {
    let mut editor = DefaultEditor::new()?;
    loop {
        match editor.readline("> ") {
            Ok(line) => {
                editor.add_history_entry(&line)?;
                vm.interpret(&line)?;
            }
            // Control-C abandons the line, control-D the session.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
