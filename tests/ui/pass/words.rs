//! The words as they are spelt, each once, in one attribute or several.

#![allow(dead_code)]

use gcycle::{Finalize, Trace};

#[derive(Trace)]
#[trace(finalize)]
#[trace(name = "owner")]
enum Owner {
    First(#[trace(skip)] String),
    Second {
        #[trace(name = "label")]
        name: String,
    },
}

impl Finalize for Owner {
    fn finalize(&self) {}
}

fn main() {}
