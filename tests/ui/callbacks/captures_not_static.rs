//! A callback may outlive whoever made it.

use gcycle::Gc;

fn listen(name: &str) -> Gc<dyn Fn(&str) -> bool> {
    Gc::<dyn Fn(&str) -> bool>::new_closure(name, |name, text| *name == text)
}

fn main() {}
