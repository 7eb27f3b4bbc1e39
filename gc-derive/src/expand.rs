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

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::ast::Container;
use crate::ty::at;
use crate::{body, bound, quiet, tracked};

/// With so many fields `trace` is small.
const INLINED_FIELDS: usize = 16;

/// All implementations for `container`.
pub(crate) fn expand(container: &Container<'_>) -> TokenStream {
    let gcycle = container.crate_path();
    let trace = impl_trace(container, &gcycle);
    let acyclic = container.is_acyclic().then(|| impl_acyclic(container, &gcycle));
    let no_drop = impl_no_drop(container, &gcycle);
    quote!(#trace #acyclic #no_drop)
}

fn impl_trace(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let where_clause = bound::for_trace(container, gcycle).where_clause(container);
    let tracked = tracked::expand(container, gcycle);
    let quiet = quiet::expand(container, gcycle, !tracked.is_empty());
    let finalizer = finalizer(container, gcycle);
    let type_name = type_name(container);
    let methods = if let Some(body) = body::expand(container, gcycle) {
        let inline = inline(container);
        quote! {
            #inline
            fn trace(&self, __tracer: &mut #gcycle::Tracer<'_>) #body
            #tracked
            #quiet
            #finalizer
            #type_name
        }
    } else {
        quote! {
            #[inline]
            fn trace(&self, _: &mut #gcycle::Tracer<'_>) {}
            #tracked
            #quiet
            #finalizer
            #type_name
        }
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
fn inline(container: &Container<'_>) -> TokenStream {
    let is_small = container.fields().count() <= INLINED_FIELDS;
    if is_small { quote!(#[inline(always)]) } else { quote!(#[inline]) }
}

fn impl_acyclic(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let where_clause = bound::for_acyclic(container, gcycle).where_clause(container);
    quote! {
        #[automatically_derived]
        #lints
        impl #generics #gcycle::Acyclic for #self_type #where_clause {}
    }
}

/// The implementation that conflicts with `Drop`, at the type's name.
///
/// Where `Drop` is allowed, an unsafe function instead, at the word that allows
/// it. It is for `deny(unsafe_code)`; a block would do too, but lints would ask
/// for its safety comment and then call the comment needless on a struct.
fn impl_no_drop(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let lints = &container.lints;
    if let Some(unsafe_drop) = container.attributes.unsafe_drop {
        return quote_spanned! {unsafe_drop=>
            #lints
            const _: unsafe fn() = {
                unsafe fn drop_is_harmless() {}
                drop_is_harmless
            };
        };
    }
    let (generics, _, where_clause) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let at_name = at(container.ident.span());
    quote_spanned! {at_name=>
        #[automatically_derived]
        #lints
        impl #generics #gcycle::__private::ImplementFinalizeInsteadOfDrop
            for #self_type #where_clause {}
    }
}

fn finalizer(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let at_word = at(container.attributes.finalize?);
    let finalize = quote_spanned!(at_word=> <Self as #gcycle::Finalize>::finalize);
    Some(quote! {
        #[inline]
        fn finalizer() -> ::core::option::Option<fn(&Self)> {
            ::core::option::Option::Some(#finalize)
        }
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
