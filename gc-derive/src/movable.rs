//! `Movable`, for types whose values may move to another thread with the heap they lie in.
//!
//! Every field must be `Movable`, or `Send` if it is not traced. A function that never runs asks the
//! fields themselves, because a type that is written again can mean another one (`shared` says how).
//! It asks where the where-clause holds, which wants each parameter that a traced field mentions to
//! be `Movable`, and each that a skipped field mentions to be `Send`: a where-clause with the types
//! of the fields would send the compiler in circles on recursive types.
//!
//! `Shared` has `Send` as a supertrait, so that the compiler looks at all of the type. Here this
//! function alone does. So it has to name every field that the type has when it is compiled, and
//! each binding has to be that field: `body` says how.
//!
//! What the fields are asked through comes from the signature of the trait that is implemented, so
//! that a program that puts another in its place gets nothing that anyone believes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, Type};

use crate::ast::{Container, Field, Role};
use crate::body;
use crate::bound;
use crate::ty::{self, at};

/// The question to a field.
enum Question {
    Movable,
    Send,
}

impl Question {
    /// What `field` is asked. Where `trace` does not look there must be no handle: nobody would notice
    /// that it leads out of the heap. Functions are `Send`, whatever their signatures, and not all of
    /// them implement traits.
    fn to(field: &Field<'_>) -> Question {
        match field.role {
            Role::Traced | Role::TracedWith => Question::Movable,
            Role::Acyclic | Role::LeftOut => Question::Send,
        }
    }
}

/// The implementation, if the type asks for it.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let word = container.attributes.movable?;
    let movable = quote_spanned!(at(word)=> #gcycle::Movable);
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let where_clause = predicates(container, gcycle, &movable).where_clause(container);
    let questions = body::on_all_fields(container, &|field, argument| {
        let ask = match Question::to(field) {
            Question::Movable => quote!(movable),
            Question::Send => quote!(send),
        };
        quote!(__moved.#ask(#(#argument)*);)
    });
    Some(quote! {
        #[automatically_derived]
        #lints
        unsafe impl #generics #movable for #self_type #where_clause {
            fn __moved_fields(&self, __moved: &#gcycle::__private::MovedFields) {
                #questions
            }
        }
    })
}

/// What `Trace` needs, and what the fields need that mention a parameter.
fn predicates(
    container: &Container<'_>,
    gcycle: &Path,
    movable: &TokenStream,
) -> bound::Predicates {
    let mut predicates = bound::for_trace(container, gcycle);
    let mut renamed = Vec::new();
    for field in container.fields() {
        let ty = ty::field_without_signatures(field.ty);
        let ty: &Type = ty.as_ref().unwrap_or_else(|| field.ty.tree());
        ty::with_self(ty, container.ident, container.generics, &mut renamed);
        for param in ty::params_in(ty, container.generics) {
            predicates.add(match Question::to(field) {
                Question::Movable => quote!(#param: #movable),
                Question::Send => quote!(#param: ::core::marker::Send),
            });
        }
    }
    predicates.hold_for(&renamed);
    predicates
}
