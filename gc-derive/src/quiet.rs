//! `answer`: whether a drop runs only code of std and the like, and whether `trace` does.
//!
//! The expansion ensures that the type itself has no `Drop`, so its fields decide. They
//! are asked by their types, not by their names, because a wrong answer would be unsound.
//! So the question goes through `AskFields`, which is in the signature and cannot be replaced.
//! Traced fields are `Trace` and are asked together. Other fields need not be `Trace`; of
//! these it is only known whether they need to be dropped. The same holds for a last
//! field that may be unsized.
//!
//! Asking costs compile time (`benches/compile-cost`). So there is one function for both
//! questions, and only types that are written with a `Gc` ask; others give the trait's
//! cautious answer. Types with a macro in a field's type give it too, because the macro,
//! written again, may stand for another type.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;

use crate::ast::{Container, Field, Role, Shape};
use crate::ty;

/// The most fields that tuples implement `Trace` for.
const FIELDS_AT_ONCE: usize = 12;

/// The function; nothing if the trait's cautious answer is right, and the implementation
/// `is_known` by another function to be that of `Trace` and of no other trait.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path, is_known: bool) -> TokenStream {
    let answer = match ask_fields(container, gcycle) {
        Some(answer) => answer,
        None if is_known => return TokenStream::new(),
        None => quote!(#gcycle::__private::AskFields::unknown::<Self>(__ask)),
    };
    quote! {
        #[inline]
        fn answer(__ask: #gcycle::__private::AskFields<impl #gcycle::__private::Ask>) -> ::core::primitive::bool {
            #answer
        }
    }
}

/// What the fields answer; `None` if they are not asked.
fn ask_fields(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let owns_gc = |field: &Field<'_>| field.role == Role::Traced && ty::field_owns_gc(field.ty);
    let has_macro = |field: &Field<'_>| has_macro(field.ty.to_token_stream());
    if container.attributes.unsafe_drop.is_some()
        || !container.fields().any(owns_gc)
        || container.fields().any(has_macro)
    {
        return None;
    }
    let last = last_of_struct(container);
    let is_sized = |field: &Field<'_>| last.is_none_or(|last| !core::ptr::eq(last, field));
    let (traced, others): (Vec<_>, Vec<_>) =
        container.fields().partition(|field| field.role == Role::Traced && is_sized(field));
    let together = traced.chunks(FIELDS_AT_ONCE).map(|fields| {
        let types = fields.iter().map(|field| field.ty as &dyn ToTokens);
        quote!(traced::<(#(#types,)*)>(__ask).answer())
    });
    let alone = others.iter().map(|field| {
        let ty = field.ty;
        match field.role {
            Role::Traced | Role::TracedWith => quote!(unknown::<#ty>(__ask)),
            Role::Acyclic | Role::LeftOut => quote!(untraced::<#ty>(__ask)),
        }
    });
    let asked = together.chain(alone);
    Some(quote!(#(#gcycle::__private::AskFields::#asked)&&*))
}

/// The last field of a struct, if it may be unsized.
fn last_of_struct<'c, 'a>(container: &'c Container<'a>) -> Option<&'c Field<'a>> {
    let Shape::Struct(fields) = &container.data else {
        return None;
    };
    fields.last().filter(|field| ty::may_be_unsized(field.ty.tree(), container.generics))
}

/// Whether a macro is called somewhere in a type.
fn has_macro(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_macro(group.stream()),
        TokenTree::Punct(punct) => punct.as_char() == '!',
        _ => false,
    })
}
