//! The fields are asked, and not their names or those of their types.

#![forbid(unsafe_code)]
#![allow(non_camel_case_types, non_upper_case_globals)]

use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use gcycle::Trace;

type u32 = Rc<str>;

#[derive(Trace)]
#[trace(movable)]
struct Node(u32);

#[derive(PartialEq, Eq)]
struct Token(PhantomData<*const ()>);

impl Deref for Token {
    type Target = str;

    fn deref(&self) -> &str {
        ""
    }
}

const __field1: Token = Token(PhantomData);

#[derive(Trace)]
#[trace(movable)]
enum Owner {
    Of(Box<str>, #[trace(skip)] Token),
}

fn main() {}
