//! The texts of values: how they are made, and where they are kept.
//!
//! The text of a value is written by code of the program, which may do anything. So it runs when
//! the walk over the heap is over, and the program may use the heap as it likes meanwhile. The
//! objects are [held](Described) until then: none of them dies, moves or is lent.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt::{self, Write};

use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::pointer::erased::Object;

/// The longest text, in characters.
pub(crate) const MOST_CHARACTERS: usize = 100;

/// The last character of a text that was cut.
const ELLIPSIS: char = '…';

/// The text of a value whose code panicked.
const PANICKED: &str = "(panicked)";

std::thread_local! {
    /// Whether texts are being written. Code that does so may take a snapshot, which would ask
    /// for the same texts again.
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Texts by the numbers of the objects.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// All of them, one behind the other.
    all: String,
    /// The object and the end of each, in order.
    ends: Vec<(u32, usize)>,
}

impl Texts {
    /// The text of object number `index`, if it has one.
    pub(crate) fn of(&self, index: u32) -> Option<&str> {
        let place = self.ends.binary_search_by_key(&index, |&(object, _)| object).ok()?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before].1);
        self.all.get(start..self.ends[place].1)
    }

    /// Object number `index`, which comes after all that have one, has this text, which is not too long.
    pub(crate) fn push(&mut self, index: u32, text: &str) {
        self.all.push_str(text);
        self.ends.push((index, self.all.len()));
    }

    /// The texts of these objects, as their code writes them now. The numbers increase.
    ///
    /// Runs user code.
    pub(crate) fn write(objects: impl IntoIterator<Item = (u32, impl fmt::Display)>) -> Texts {
        let mut texts = Texts::default();
        let Some(_writing) = Writing::start() else { return texts };
        for (index, object) in objects {
            let start = texts.all.len();
            let mut limited = Limited { text: &mut texts.all, left: MOST_CHARACTERS };
            // A writer that is full says so by an error, and others mean nothing here.
            let panic = FirstPanic::of(|| write!(limited, "{object}").unwrap_or_default());
            if panic.is_some() {
                texts.all.truncate(start);
                texts.all.push_str(PANICKED);
            }
            texts.ends.push((index, texts.all.len()));
        }
        texts
    }
}

/// The text, cut if it is too long.
pub(crate) fn cut(text: &str) -> String {
    let mut cut = String::new();
    let mut limited = Limited { text: &mut cut, left: MOST_CHARACTERS };
    // A writer that is full says so by an error.
    let _ = limited.write_str(text);
    cut
}

/// An object whose text is to be written, which is held until then.
#[derive(Debug)]
pub(crate) struct Described(Object);

impl Described {
    pub(crate) fn hold(object: ObjPtr) -> Described {
        Described(Object::new(object))
    }
}

impl fmt::Display for Described {
    /// What the value writes about itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ptr().describe(f)
    }
}

/// Texts are being written until it is dropped.
struct Writing;

impl Writing {
    /// `None` if some are already.
    fn start() -> Option<Writing> {
        let is_first = !IS_WRITING.replace(true);
        // Where one is made and not returned, its drop would end the writing that is under way.
        is_first.then(|| Writing)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        IS_WRITING.set(false);
    }
}

/// Takes in text until it is full. What is written after that is an error, which ends code
/// that would write without end.
struct Limited<'a> {
    text: &'a mut String,
    /// How many more characters fit.
    left: usize,
}

impl Write for Limited<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| self.write_char(letter))
    }

    fn write_char(&mut self, letter: char) -> fmt::Result {
        match self.left {
            FULL => return Err(fmt::Error),
            0 => {
                self.text.pop();
                self.text.push(ELLIPSIS);
                self.left = FULL;
                return Err(fmt::Error);
            }
            _ => self.text.push(letter),
        }
        self.left -= 1;
        Ok(())
    }
}

/// The text was cut, and takes in nothing more.
const FULL: usize = usize::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(text: &str) -> (String, fmt::Result) {
        let mut cut = String::new();
        let mut limited = Limited { text: &mut cut, left: 3 };
        let result = limited.write_str(text);
        assert!(limited.write_str("").is_ok(), "nothing is always written");
        assert_eq!(limited.write_str("x").is_ok(), text.chars().count() < 3);
        (cut, result)
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_character() {
        assert_eq!(limited(""), ("x".into(), Ok(())));
        assert_eq!(limited("ab"), ("abx".into(), Ok(())));
        assert_eq!(limited("\u{1F600}\u{1F600}\u{1F600}\u{1F600}").0, "\u{1F600}\u{1F600}…");
        assert_eq!(limited("abcdefg"), ("ab…".into(), Err(fmt::Error)));
    }
}
