//! Type names short enough to draw.

use alloc::string::String;

/// `name` without the modules: `Option<Gc<Node>>` for
/// `core::option::Option<gc_core::pointer::Gc<app::Node>>`.
pub(crate) fn short(name: &str) -> String {
    let mut text = String::new();
    let mut word = 0;
    let mut rest = name.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == ':' && word < text.len() && rest.next_if_eq(&':').is_some() {
            // What stands before was a module, not a type in brackets.
            text.truncate(word);
        } else {
            text.push(letter);
            if !letter.is_alphanumeric() && letter != '_' {
                word = text.len();
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_left_out_wherever_they_stand() {
        for (name, text) in [
            ("str", "str"),
            ("app::model::Node", "Node"),
            ("core::option::Option<gc_core::pointer::Gc<app::Node>>", "Option<Gc<Node>>"),
            ("alloc::vec::Vec<(app::A, &app::b::B)>", "Vec<(A, &B)>"),
            ("[alloc::string::String; 3]", "[String; 3]"),
            ("dyn app::Shape", "dyn Shape"),
            ("<app::X as app::Y>::Z", "<X as Y>::Z"),
            ("lox::Instance", "Instance"),
        ] {
            assert_eq!(short(name), text);
        }
    }
}
