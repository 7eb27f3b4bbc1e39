//! Every field of an acyclic type is acyclic.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Link {
    next: Option<Gc<Link>>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Owner {
    link: Gc<Link>,
}

fn main() {}
