//! A function for texts of any lifetime is of another type than one for texts that
//! live for ever, and an object remembers which it is.

use gcycle::Gc;

fn narrow(function: Gc<fn(&str)>) -> Gc<fn(&'static str)> {
    function
}

fn main() {}
