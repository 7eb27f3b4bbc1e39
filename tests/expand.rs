//! What the derive expands to, as files to read; here they are compiled.
//!
//! `expand/NAME.rs` is an input, `expand/NAME.expanded.rs` what becomes of it,
//! written and compared by the unit tests of `gcycle-derive` (run them with
//! `EXPANSIONS=overwrite` after a change, and read the difference). Both must
//! compile: the one with the derive, the other as it stands.

#![expect(clippy::allow_attributes, reason = "not every output raises every lint")]

/// Compiles the inputs and the outputs of those names.
macro_rules! compile {
    ($($name:ident)*) => {$(
        mod $name {
            #[allow(
                dead_code,
                clippy::std_instead_of_alloc,
                clippy::std_instead_of_core,
                reason = "written as users write"
            )]
            mod input {
                include!(concat!("expand/", stringify!($name), ".rs"));
            }

            #[allow(
                warnings,
                clippy::pedantic,
                clippy::std_instead_of_alloc,
                clippy::std_instead_of_core,
                clippy::undocumented_unsafe_blocks,
                reason = "in a macro's expansion, lints are silent"
            )]
            mod output {
                include!(concat!("expand/", stringify!($name), ".expanded.rs"));
            }
        }
    )*};
}

compile! {
    acyclic by_hand crate_path describe enum_variants finalize generic leaf many_fields named_struct
    tuple_struct
}

#[cfg(feature = "isolates")]
compile! { movable }

#[test]
fn every_input_is_compiled() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expand");
    let files = std::fs::read_dir(here).expect("the inputs are there").count();
    assert_eq!(files, 2 * 12, "a file in {here} is missing from the lists above");
}
