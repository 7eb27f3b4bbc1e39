//! `drops_quietly`: whether a drop runs nobody's code but that of std and the like.
//!
//! The type itself has no `Drop`, the expansion sees to that, so that its fields decide.
//! They are asked by their types, not by their names: a wrong answer would be unsound.
//! Traced ones and plain data are asked together; the others need not be `Trace`, and
//! one of them would spoil the answer of the rest.
//!
//! Asking costs the compiler (`benches/compile-cost`). So only types that are written
//! with a `Gc` ask; of others the trait's cautious answer is given.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

use crate::ast::{Container, Field, Role};
use crate::ty;

/// The most fields that tuples implement `Trace` for.
const FIELDS_AT_ONCE: usize = 12;

/// The function; nothing if what the trait answers by itself is right.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let is_plain = |field: &Field<'_>| ty::field_is_plain_data(field.ty);
    let owns_gc = |field: &Field<'_>| field.role == Role::Traced && ty::field_owns_gc(field.ty);
    if container.attributes.unsafe_drop.is_some() || !container.fields().any(owns_gc) {
        return TokenStream::new();
    }
    let (alike, others): (Vec<_>, Vec<_>) =
        container.fields().partition(|field| field.role == Role::Traced || is_plain(field));
    let together = alike.chunks(FIELDS_AT_ONCE).map(|fields| {
        let types = fields.iter().map(|field| field.ty as &dyn ToTokens);
        quote!((#(#types,)*))
    });
    let alone = others.iter().map(|field| field.ty.to_token_stream());
    let types = together.chain(alone);
    quote! {
        #[inline]
        fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
            use #gcycle::__private::Unproven as _;
            #(#gcycle::__private::Probe::<#types>::drops_quietly(__depth))&&*
        }
    }
}
