//! A user's container is taken at its word.

use gcycle::{Trace, Tracer};

struct Set<T>(T);

unsafe impl<T: Trace + Ord> Trace for Set<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }
}

#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct Owner<T> {
    set: Set<T>,
}

fn main() {}
