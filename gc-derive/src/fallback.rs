//! What stands beside errors: an implementation that does nothing.
//!
//! Without it, every use of the type as `Trace` would be an error too, and one
//! mistake would look like twenty.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Container, default_crate_path};
use crate::parse::Input;

/// Harmless implementations for `input`. `container` is `None` if there is no
/// model of it.
pub(crate) fn expand(input: &Input, container: Option<&Container<'_>>) -> TokenStream {
    let gcycle = match container {
        Some(container) if container.attributes.crate_path_is_lost => return TokenStream::new(),
        Some(container) => container.crate_path(),
        None => default_crate_path(),
    };
    let ident = &input.ident;
    let (generics, arguments, where_clause) = input.generics.split_for_impl();
    let acyclic = container.is_some_and(Container::is_acyclic).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics #gcycle::Acyclic for #ident #arguments #where_clause {}
        }
    });
    quote! {
        #[automatically_derived]
        unsafe impl #generics #gcycle::Trace for #ident #arguments #where_clause {
            fn trace(&self, _: &mut #gcycle::Tracer<'_>) {}
        }
        #acyclic
    }
}
