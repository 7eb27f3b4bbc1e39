//! The instructions of a program as text, for `--code`.

use std::io::{self, Write};

use crate::object::Function;

/// Writes the instructions of `function` and of all functions inside it.
pub(crate) fn write_code(out: &mut dyn Write, function: &Function) -> io::Result<()> {
    let mut waiting = alloc::vec![function];
    while let Some(function) = waiting.pop() {
        let chunk = &function.chunk;
        writeln!(out, "== {function} ==")?;
        for (index, (op, line)) in chunk.code.iter().zip(&chunk.lines).enumerate() {
            writeln!(out, "{index:04} line {line:<4} {op:?}")?;
        }
        for (index, value) in chunk.constants.iter().enumerate() {
            writeln!(out, "     constant {index} = {value}")?;
        }
        for (index, name) in chunk.names.iter().enumerate() {
            writeln!(out, "     name {index} = {}", &**name)?;
        }
        for (index, site) in chunk.sites.iter().enumerate() {
            writeln!(out, "     property {index} = {}", &**site.name())?;
        }
        waiting.extend(chunk.functions.iter().rev().map(|inner| &**inner));
    }
    Ok(())
}
