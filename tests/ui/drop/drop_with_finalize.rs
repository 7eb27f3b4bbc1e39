//! `finalize` does not allow `Drop`.

use gcycle::{Finalize, Trace};

#[derive(Trace)]
#[trace(finalize)]
struct Owner;

impl Finalize for Owner {
    fn finalize(&self) {}
}

impl Drop for Owner {
    fn drop(&mut self) {}
}

fn main() {}
