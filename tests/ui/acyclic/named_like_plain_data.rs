//! A type of plain data is acyclic by itself, and one that only has such a name is not.

use std::rc::Rc;

use gcycle::Trace;

mod rope {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    pub struct String {
        next: Option<Gc<String>>,
    }
}

#[derive(Trace)]
struct Name {
    text: rope::String,
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Rc<Name>>();
}
