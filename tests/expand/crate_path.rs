// No name of the usual path is left.

use std::rc::Rc;

mod reexport {
    pub(super) use gcycle as runtime;
}
use reexport::runtime::{Finalize, Gc, Trace, Tracer};

#[derive(Trace)]
#[trace(crate = reexport::runtime, finalize, acyclic, name = "everything")]
struct Everything<T> {
    value: T,
    leaf: Rc<str>,
    #[trace(acyclic)]
    text: Gc<String>,
    // SAFETY: the list owns its handles, and each is reported once.
    #[trace(unsafe_with = trace_list)]
    list: Vec<Gc<String>>,
}

impl<T> Finalize for Everything<T> {
    fn finalize(&self) {}
}

fn trace_list(list: &Vec<Gc<String>>, tracer: &mut Tracer<'_>) {
    list.trace(tracer);
}
