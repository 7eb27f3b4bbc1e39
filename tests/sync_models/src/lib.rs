//! The shared collector, explored: `docs/sync.md` says what it promises, and which model shows
//! that each of its rules is needed.

pub mod backend;

include!(concat!(env!("OUT_DIR"), "/variants.rs"));

#[cfg(test)]
mod tests;
