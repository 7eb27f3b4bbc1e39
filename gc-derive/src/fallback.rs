//! What stands beside errors: an implementation that does nothing.
//!
//! Without it, every use of the type as `Trace` would be an error too, and one
//! mistake would look like twenty.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Container;

/// Harmless implementations for `container`.
pub(crate) fn expand(container: &Container<'_>) -> TokenStream {
    if container.attributes.crate_path_is_lost {
        return TokenStream::new();
    }
    let gcycle = container.crate_path();
    let (generics, _, where_clause) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let acyclic = container.is_acyclic().then(|| {
        quote! {
            #[automatically_derived]
            #lints
            impl #generics #gcycle::Acyclic for #self_type #where_clause {}
        }
    });
    quote! {
        #[automatically_derived]
        #lints
        unsafe impl #generics #gcycle::Trace for #self_type #where_clause {
            fn trace(&self, _: &mut #gcycle::Tracer<'_>) {}
        }
        #acyclic
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn the_fallback_of_a_union_finds_a_renamed_crate() {
        let union = quote! {
            #[trace(crate = heap)]
            union Owner { number: u32 }
        };
        let expanded = crate::derive(union).to_string();
        assert!(expanded.contains("cannot be derived for a union"), "{expanded}");
        assert!(expanded.contains("unsafe impl heap :: Trace for Owner"), "{expanded}");
    }
}
