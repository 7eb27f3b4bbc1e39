//! Type names short enough to draw.

use alloc::string::{String, ToString};

use disqualified::ShortName;

use crate::inspect::snapshot::harmless::Harmless;

/// `name` without the modules, and harmless: `Option<Gc<Node>>` for
/// `core::option::Option<gc_core::pointer::Gc<app::Node>>`.
pub(crate) fn short(name: &str) -> String {
    let name = Harmless(name).to_string();
    // A type that is defined in a closure is in no module of its own.
    ShortName(&name.replace("{{closure}}::", "")).to_string()
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
            ("app::main::{{closure}}::Local", "Local"),
            ("app::main::{{closure}}", "main::{{closure}}"),
            ("shop::Product<'static>", "Product<'static>"),
            ("fn(app::A) -> app::B", "fn(A) -> B"),
            ("</script><script>alert(1)//", "</script><script>alert(1)//"),
            ("app::\u{202E}Node\n", "\\u{202e}Node\\n"),
            ("", ""),
        ] {
            assert_eq!(short(name), text);
        }
    }
}
