//! What the compiler says to people: each case in `ui` is one rule and the exact
//! message, reviewed; `ui/pass` holds the twin that does it right.
//!
//! After a change of the messages, run with `TRYBUILD=overwrite` and read the
//! difference. The compiler's part of the texts is that of Rust 1.95.

#[test]
fn messages_are_as_reviewed() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    for topic in [
        "acyclic",
        "bounds",
        "drop",
        "fields",
        "handles",
        "peers",
        "position",
        "rules",
        "shape",
        "types",
        "unsafe_code",
        "values",
        "words",
    ] {
        cases.compile_fail(format!("tests/ui/{topic}/*.rs"));
    }
}
