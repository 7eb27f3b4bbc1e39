//! An argument is `Trace` where the field needs it.

use gcycle::Trace;

struct Foreign;

#[derive(Trace)]
struct Owner<T> {
    value: T,
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Owner<Foreign>>();
}
