//! From the model to tokens: the implementations that make up the expansion.
//!
//! Expanded code lives in the user's module, among names the derive knows nothing
//! of. So it names everything by an absolute path, brings nothing into scope but
//! inside function bodies, and picks locals nobody uses. Its spans resolve where
//! the derive was written and point at the user's types, so that a field that is
//! not `Trace` is reported at the field.
//!
//! `unsafe` in the expansion belongs to the derive and is invisible to
//! `deny(unsafe_code)`, as it is the derive that keeps the contract. Where an
//! attribute makes the user keep it, `unsafe_with` and `unsafe_drop`, the block
//! carries the span of that word, so that the lint finds it there.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::ast::Container;
use crate::ty::at;
use crate::{acyclic, body, bound, finalizers, movable, quiet, shared, tracked};

/// With so many fields `trace` is small.
const INLINED_FIELDS: usize = 16;

/// All implementations for `container`.
pub(crate) fn expand(container: &Container<'_>) -> TokenStream {
    let gcycle = container.crate_path();
    let trace = impl_trace(container, &gcycle);
    let acyclic = if container.is_acyclic() {
        Some(acyclic::expand(container, &gcycle))
    } else {
        acyclic::expand_plain(container, &gcycle)
    };
    let conflict = finalizers::impl_conflict(container, &gcycle);
    let unsafe_drop = claim_harmless_drop(container);
    let shared = shared::expand(container, &gcycle);
    let movable = movable::expand(container, &gcycle);
    quote!(#trace #acyclic #conflict #unsafe_drop #shared #movable)
}

fn impl_trace(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let where_clause = bound::for_trace(container, gcycle).where_clause(container);
    let tracked = tracked::expand(container, gcycle);
    let quiet = quiet::expand(container, gcycle, !tracked.is_empty());
    let finalizers = finalizers::expand(container, gcycle);
    let type_name = type_name(container);
    let describer = describer(container, gcycle);
    let checks = checks(container, gcycle);
    let body = body::expand(container, gcycle);
    let tracer = if body.is_empty() { quote!(_) } else { quote!(__tracer) };
    let inline = inline(container, body.is_empty());
    let methods = quote! {
        #inline
        fn trace(&self, #tracer: &mut #gcycle::Tracer<'_>) {
            #checks
            #body
        }
        #tracked
        #quiet
        #finalizers
        #type_name
        #describer
    };
    let methods = Group::new(Delimiter::Brace, methods);
    quote! {
        #[automatically_derived]
        #lints
        unsafe impl #generics #gcycle::Trace for #self_type #where_clause #methods
    }
}

/// `trace` is called from two places, collections and heap tools. The compiler is told
/// to inline it, or it would not do so in collections, unless it is large.
fn inline(container: &Container<'_>, is_empty: bool) -> TokenStream {
    let is_small = !is_empty && container.fields().count() <= INLINED_FIELDS;
    if is_small { quote!(#[inline(always)]) } else { quote!(#[inline]) }
}

/// What the type must not implement, at the type's name. It is only for the compiler to look
/// at, and never runs.
fn checks(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let at_name = at(container.ident.span());
    let check = |check: &str| {
        let check = Ident::new(check, at_name);
        quote_spanned!(at_name=> #gcycle::Tracer::check(self).#check();)
    };
    let attributes = &container.attributes;
    let drop = attributes.unsafe_drop.is_none().then(|| check("__has_no_drop"));
    let finalize = attributes.finalize.is_none().then(|| check("__has_no_finalize"));
    if drop.is_none() && finalize.is_none() {
        return TokenStream::new();
    }
    quote!(if false { #drop #finalize })
}

/// Where `Drop` is allowed, an unsafe function at the word that allows it. It is for
/// `deny(unsafe_code)`; a block would do too, but lints would ask for its safety comment and
/// then call the comment needless on a struct.
fn claim_harmless_drop(container: &Container<'_>) -> Option<TokenStream> {
    let lints = &container.lints;
    let unsafe_drop = container.attributes.unsafe_drop?;
    Some(quote_spanned! {unsafe_drop=>
        #lints
        const _: unsafe fn() = {
            unsafe fn drop_is_harmless() {}
            drop_is_harmless
        };
    })
}

fn type_name(container: &Container<'_>) -> Option<TokenStream> {
    let name = &container.attributes.name.as_ref()?.value;
    Some(quote! {
        fn type_name() -> &'static ::core::primitive::str {
            #name
        }
    })
}

/// The function that writes the text of a value, for heap tools.
fn describer(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let describe = container.attributes.describe.as_ref()?;
    let at_word = at(describe.span);
    let by_display = || quote_spanned!(at_word=> #gcycle::__private::display::<Self>);
    let function = describe.value.as_ref().map_or_else(by_display, |path| quote!(#path));
    let ty = quote!(fn(&Self, &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result);
    // With its type, or the message for another signature would be about `Some`.
    Some(quote! {
        fn describer() -> ::core::option::Option<#ty> {
            let __function: #ty = #function;
            ::core::option::Option::Some(__function)
        }
    })
}
