//! Nor does a lock help what is shared.

use std::sync::{Arc, Mutex};

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    shared: Arc<Mutex<Vec<Gc<Owner>>>>,
}

fn main() {}
