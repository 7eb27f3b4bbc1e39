//! What is lent to a callback cannot be stored in what it captured.

use std::cell::Cell;

use gcycle::Gc;

fn keep(last: Gc<Cell<&'static str>>) -> Gc<dyn Fn(&str)> {
    Gc::<dyn Fn(&str)>::new_closure(last, |last, text| last.set(text))
}

fn main() {}
