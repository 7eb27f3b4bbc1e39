//! What the real CPython answered, and what this library does.
//!
//! `data/record.py` runs small programs in CPython and writes each operation
//! with its answer to `data/programs.txt`: what `collect` returns, the counts,
//! which object is in which generation, who refers to whom, which finalizers
//! ran. It also writes to `data/schedules.txt` which collections started by
//! themselves. Here the same programs are run again. The answers in the files
//! are those of CPython 3.9 to 3.13; the schedules those of 3.9 to 3.11, as
//! later versions wait for the next bytecode before they collect.

mod program;
mod schedule;
