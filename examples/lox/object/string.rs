//! Strings, and names: strings that are equal only if they are the same object.
//!
//! A [`Value`](crate::value::Value) has room for one thin pointer, and a
//! `Gc<str>` is a fat one, so a string value is a small object that holds the
//! text. Literals and identifiers share their texts through the intern table;
//! what a program concatenates is not interned.

use alloc::string::String;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use gcycle::{Gc, Trace, intern};

/// A string value.
///
/// It owns nothing but text, so it is never part of a cycle and the collector
/// never looks at one.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
#[trace(acyclic)]
pub(crate) struct Str {
    text: Gc<str>,
}

impl Str {
    /// A string of the letters of `name`.
    pub(crate) fn of_name(name: &Name) -> Gc<Str> {
        Gc::new(Str { text: name.0.clone() })
    }

    /// The two strings one after the other.
    pub(crate) fn concat(first: &str, second: &str) -> Gc<Str> {
        let mut text = String::with_capacity(first.len() + second.len());
        text.push_str(first);
        text.push_str(second);
        Gc::new(Str { text: Gc::from(text) })
    }

    /// The letters.
    #[inline]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// An interned string: the name of a variable, a property, a class, a method.
///
/// Two names with the same letters are the same object, so they are compared
/// and hashed by address.
#[derive(Clone, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
#[trace(acyclic)]
pub(crate) struct Name(Gc<str>);

impl Name {
    /// The name with these letters.
    pub(crate) fn new(letters: &str) -> Name {
        Name(intern::intern(letters))
    }
}

impl Deref for Name {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Name {
    #[inline]
    fn eq(&self, other: &Name) -> bool {
        Gc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        Gc::as_ptr(&self.0).addr().hash(state);
    }
}
