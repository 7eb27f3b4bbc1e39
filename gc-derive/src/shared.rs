//! `Shared`, for types whose values may be in objects that threads share.
//!
//! Every field that is traced must be `Shared`. A function that never runs asks that of the fields
//! themselves, reached as `trace` reaches them. A type that is written again can mean another one: by
//! a name that the function declares, or by a macro that changed the field after the derive saw it.
//! It asks where the where-clause holds, which wants each parameter that a traced field mentions to be
//! `Shared`: a where-clause with the types of the fields would send the compiler in circles.
//!
//! The trait that is implemented is also what asks, so that a program that puts another in its place
//! gets nothing that the collector believes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

use crate::ast::{Container, Field, Role};
use crate::body::{self, Access};
use crate::bound;
use crate::ty::{self, at};

/// The implementation, if the type asks for it.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let word = container.attributes.shared?;
    let shared = quote_spanned!(at(word)=> #gcycle::sync::Shared);
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let is_traced = |field: &Field<'_>| field.role == Role::Traced;
    let ask = |fields: &[&Field<'_>], access: Access| -> TokenStream {
        let ask = |field: &&Field<'_>| {
            let mut argument = Vec::new();
            access(field, &mut argument);
            quote!(<Self as #shared>::__is_shared(#(#argument)*);)
        };
        fields.iter().map(ask).collect()
    };
    let body = body::on_fields(container, &is_traced, &ask);
    let mut predicates = bound::for_trace(container, gcycle);
    for field in container.fields().filter(|field| is_traced(field)) {
        for param in ty::params_in(field.ty.tree(), container.generics) {
            predicates.add(quote!(#param: #shared));
        }
    }
    let where_clause = predicates.where_clause(container);
    Some(quote! {
        #[automatically_derived]
        #lints
        unsafe impl #generics #shared for #self_type #where_clause {
            fn __fields(&self) {
                #body
            }
        }
    })
}
