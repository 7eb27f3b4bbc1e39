//! A `Finalize` that would never run is an error.

use gcycle::{Finalize, Gc, Trace};

#[derive(Trace)]
struct Session {
    user: Gc<String>,
}

impl Finalize for Session {
    fn finalize(&self) {}
}

fn main() {}
