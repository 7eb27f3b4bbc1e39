//! `#[derive(Trace)]` for `gcycle`.
use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Container;
use crate::diag::Errors;

mod ast;
mod attr;
mod bound;
mod check;
mod diag;
mod expand;
mod fallback;
mod spelling;
mod tracked;
mod ty;

/// Implements `Trace`.
#[proc_macro_derive(
    Trace,
    attributes(
        trace,
        boa_gc,
        collect,
        dumpster,
        ignore_trace,
        rust_cc,
        shredder,
        unsafe_ignore_trace,
        zerogc
    )
)]
pub fn derive_trace(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// Parse, check, expand.
fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let container = Container::from_syn(input, &mut errors);
    if let Some(container) = &container {
        check::check(container, &mut errors);
        if errors.is_empty() {
            return expand::expand(container);
        }
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(fallback::expand(input, container.as_ref()));
    tokens
}
