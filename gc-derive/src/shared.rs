//! `Shared`, for types whose values may be in objects that threads share.
//!
//! Every field that is traced must be `Shared`. A function that never runs asks that of the types as
//! they are written, since a type that is named like a container of std may be another. It asks
//! where the where-clause holds, which wants each parameter that a traced field mentions to be
//! `Shared`: a where-clause with the types of the fields would send the compiler in circles.
//!
//! The trait that is implemented and the trait that is asked for are named by the same path, so that
//! a program that puts another in its place gets nothing that the collector believes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

use crate::ast::{Container, Role};
use crate::bound;
use crate::ty::{self, at};

/// The implementation, if the type asks for it.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let word = container.attributes.shared?;
    let shared = quote_spanned!(at(word)=> #gcycle::sync::Shared);
    let (generics, _, _) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let traced = container.fields().filter(|field| field.role == Role::Traced);
    let traced: Vec<_> = traced.map(|field| field.ty).collect();
    let mut predicates = bound::for_trace(container, gcycle);
    for ty in &traced {
        for param in ty::params_in(ty.tree(), container.generics) {
            predicates.add(quote!(#param: #shared));
        }
    }
    let where_clause = predicates.where_clause(container);
    Some(quote! {
        #[automatically_derived]
        #lints
        unsafe impl #generics #shared for #self_type #where_clause {
            fn __fields() {
                fn __is_shared<T: #shared + ?::core::marker::Sized>() {}
                #(__is_shared::<#traced>();)*
            }
        }
    })
}
