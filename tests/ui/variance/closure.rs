//! A closure gives its captures to a function that may store what they are.

use gcycle::Closure;

fn shorten<'a>(
    closure: Closure<&'static str, (), ()>,
) -> Closure<&'a str, (), ()> {
    closure
}

fn main() {}
