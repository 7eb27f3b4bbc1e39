//! The main job keeps its promises: `examples/dom` builds the trees that the
//! HTML standard asks for, frees all of them, and says plainly what it cannot
//! read.

extern crate alloc;

#[path = "../../examples/dom/selectedcontent.rs"]
mod selectedcontent;
#[path = "../../examples/dom/sink.rs"]
mod sink;
#[path = "../../examples/dom/tree.rs"]
mod tree;

// Runs the example as a process, which Miri cannot start.
#[cfg(not(miri))]
mod command;
#[path = "../example/mod.rs"]
mod example;
mod input;
mod links;
mod oracle;
mod outline;
mod selects;
