//! Compares what is expanded with the files in `tests/expand` of the workspace.
//!
//! `EXPANSIONS=overwrite cargo test -p gcycle-derive` writes them anew.

use std::path::Path;
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Fields, File, Item, Meta};

const HEADER: &str = "// Written by the unit tests of gcycle-derive; do not edit.\n\n";

#[test]
fn expansions_are_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/expand");
    let overwrite = env::var("EXPANSIONS").is_ok_and(|value| value == "overwrite");
    let mut different = Vec::new();
    let mut compared = 0;
    for entry in fs::read_dir(&folder).expect("the inputs are there") {
        let input = entry.expect("the folder can be read").path();
        if input.to_string_lossy().ends_with(".expanded.rs") {
            continue;
        }
        let source = fs::read_to_string(&input).expect("an input is text");
        let expanded = format!("{HEADER}{}", expand_file(&source));
        let output = input.with_extension("expanded.rs");
        if overwrite {
            fs::write(&output, &expanded).expect("an output can be written");
        } else if fs::read_to_string(&output).ok().as_deref() != Some(&*expanded) {
            different.push(format!("{}:\n{expanded}", output.display()));
        }
        compared += 1;
    }
    assert!(compared > 0, "no inputs in {}", folder.display());
    assert!(different.is_empty(), "expansions changed:\n{}", different.join("\n"));
}

/// The file with each derive carried out.
fn expand_file(source: &str) -> String {
    let file = syn::parse_file(source).expect("an input is Rust");
    let items: TokenStream = file.items.into_iter().map(expand_item).collect();
    let file: File = syn::parse2(items).expect("an expansion is Rust");
    prettyplease::unparse(&file)
}

fn expand_item(mut item: Item) -> TokenStream {
    let derived = match &item {
        Item::Struct(item) if derives(&item.attrs) => crate::derive(item.to_token_stream()),
        Item::Enum(item) if derives(&item.attrs) => crate::derive(item.to_token_stream()),
        _ => return item.to_token_stream(),
    };
    strip(&mut item);
    quote!(#item #derived)
}

fn derives(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("derive"))
}

/// Removes what only the derive understands.
fn strip(item: &mut Item) {
    let ours = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("trace") || list.path.is_ident("derive"),
        Meta::Path(_) | Meta::NameValue(_) => false,
    };
    let strip_fields = |fields: &mut Fields| {
        for field in fields {
            field.attrs.retain(|attribute| !ours(attribute));
        }
    };
    match item {
        Item::Struct(item) => {
            item.attrs.retain(|attribute| !ours(attribute));
            strip_fields(&mut item.fields);
        }
        Item::Enum(item) => {
            item.attrs.retain(|attribute| !ours(attribute));
            for variant in &mut item.variants {
                variant.attrs.retain(|attribute| !ours(attribute));
                strip_fields(&mut variant.fields);
            }
        }
        _ => {}
    }
}
