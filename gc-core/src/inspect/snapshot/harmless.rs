//! What the program wrote, so that it can be shown anywhere.
//!
//! The texts of values and the names of objects may come from a network, and the names of types
//! and fields stand in the source code, where anything may stand. [`Harmless`] text has no
//! control characters, no line breaks of any kind, and nothing that turns the direction of
//! writing: in terminals, pictures, the page and files for other tools alike. What a format has
//! besides, such as quotes and angle brackets, is escaped by who writes that format.

use core::fmt::{self, Write};

/// Text in which everything is escaped that would change what is around it. Escaping it twice
/// makes no difference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Harmless<'a>(pub(crate) &'a str);

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |letter: u8| letter == b' ' || letter.is_ascii_graphic();
        if self.0.bytes().all(is_plain) {
            return f.write_str(self.0);
        }
        self.0.chars().try_for_each(|letter| match letter {
            '\'' | '"' | '\\' => f.write_char(letter),
            _ => write!(f, "{}", letter.escape_debug()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn letters_stay_and_what_is_no_letter_is_spelled_out() {
        for (text, shown) in [
            ("", ""),
            ("Vec<\"'\\>", "Vec<\"'\\>"),
            ("é\"'\\ \u{1F600}", "é\"'\\ \u{1F600}"),
            ("a\r\n\tb\0", "a\\r\\n\\tb\\0"),
            ("\u{1B}[31m\u{9B}\u{7F}", "\\u{1b}[31m\\u{9b}\\u{7f}"),
            ("\u{202E}\u{2066}\u{200F}\u{61C}", "\\u{202e}\\u{2066}\\u{200f}\\u{61c}"),
            ("\u{2028}\u{2029}\u{85}\u{FEFF}", "\\u{2028}\\u{2029}\\u{85}\\u{feff}"),
        ] {
            assert_eq!(Harmless(text).to_string(), shown);
            assert_eq!(Harmless(shown).to_string(), shown, "a second time");
        }
    }
}
