//! A closure gives its captures to a function that may store what they are.

use gcycle::Closure;

fn shorten<'a>(
    closure: Closure<&'static str, fn(&&'static str)>,
) -> Closure<&'a str, fn(&&'a str)> {
    closure
}

fn main() {}
