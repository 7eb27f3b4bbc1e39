//! Nor can it permit itself a `Drop`.

#![forbid(unsafe_code)]

use gcycle::__private::{ItsDrop, MayStandBeside};
use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    next: Option<Gc<Owner>>,
}

impl MayStandBeside<Owner> for ItsDrop {}

impl Drop for Owner {
    fn drop(&mut self) {}
}

fn main() {}
