//! What has the name of a binding does not stand for the field.

#![forbid(unsafe_code)]

use std::ops::Deref;

use gcycle::{Gc, Trace};

std::thread_local! {
    static SHARED: &'static Gc<u8> = Box::leak(Box::new(Gc::new(1)));
}

#[allow(non_camel_case_types)]
struct __field0;

impl Deref for __field0 {
    type Target = Gc<u8>;

    fn deref(&self) -> &Gc<u8> {
        SHARED.with(|shared| *shared)
    }
}

#[derive(Trace)]
enum Owner {
    Next(__field0),
}

fn main() {}
