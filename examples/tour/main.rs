//! The story that every introduction to Python's memory management tells, with
//! every step executed and checked:
//!
//! ```text
//! cargo run --example tour
//! ```
//!
//! Objects are counted, so most of them go at once; a cycle keeps itself alive,
//! so a collector looks for cycles, sometimes, and more often among the young.
//! Each chapter has a file. What it shows it also asserts: when the program
//! ends well, all of it was true.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "an example is a program like those of the users"
)]

mod cycle;
mod debug;
mod generations;
mod list;
mod memory;
mod module;
mod references;
mod sharing;
mod story;
mod thresholds;

use std::io;

use story::Story;

/// Tells all chapters.
pub(crate) fn main() {
    let mut story = Story::new(Box::new(io::stdout()));
    module::tell(&mut story);
    sharing::tell(&mut story);
    references::tell(&mut story);
    thresholds::tell(&mut story);
    generations::tell(&mut story);
    cycle::tell(&mut story);
    memory::tell(&mut story);
    debug::tell(&mut story);
    story.end();
}
