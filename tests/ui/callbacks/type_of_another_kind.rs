//! Callbacks are of a type `dyn Fn`, since any number of handles share them.

use gcycle::Gc;

fn listen(count: Gc<u32>) -> Gc<dyn FnMut(&str)> {
    Gc::<dyn FnMut(&str)>::new_closure(count, |_: &Gc<u32>, _: &str| {})
}

fn main() {}
