//! The function owns nothing; what is captured is given beside it.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Window {
    title: String,
}

fn listen(window: Gc<Window>) -> Gc<dyn Fn(&str)> {
    Gc::<dyn Fn(&str)>::new_closure((), move |(), theme| println!("{}: {theme}", window.title))
}

fn main() {}
