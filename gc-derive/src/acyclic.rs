//! `Acyclic`, with the check that a type keeps the promise although it may be recursive.
//!
//! The runtime's module `recursion` says why a type that owns itself is acyclic and a type
//! that a `Gc` leads back to is not, and how the compiler tells them apart. The expansion
//! contributes a type that is `Unpin` if every field is acyclic, and has a name that explains
//! it in messages:
//!
//! * A field that mentions no parameter is asked in the way that suits its type.
//! * A field that does is taken to say what it owns: which types it has is not known here.
//!   Where it does not, the generic type is acyclic nevertheless, by the where-clauses of
//!   [`bound`], and only another type that is recursive with it cannot see through it.
//!
//! The fields are asked at the definition. What is required for `Acyclic` is the same, but
//! written with a lifetime that nothing uses, or the compiler would report it twice.
//!
//! A type that owns plain data alone is acyclic without being told so. The names of types of
//! std may be those of other types, so they are asked. Here the lifetime that nothing uses
//! makes the compiler drop the implementation, instead of reporting that it is not needed.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{GenericParam, Path};

use crate::ast::{Container, Field, Role};
use crate::{bound, ty};

/// The implementations for a type that promises to be acyclic.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let (generics, arguments, own) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let name = name_of_contents(container);
    let contents = contents(container, &name, gcycle);
    let mut predicates = bound::for_acyclic(container, gcycle);
    requirements(container, gcycle).for_each(|predicate| predicates.add(predicate));
    let where_clause = predicates.where_clause(container);
    quote! {
        const _: () = {
            #contents
            #[automatically_derived]
            #lints
            impl #generics #gcycle::__private::Owns for #self_type #own {
                type Owned = #name #arguments;
            }
            #[automatically_derived]
            #lints
            impl #generics #gcycle::Acyclic for #self_type #where_clause {}
        };
    }
}

/// The implementations for a type that owns plain data alone; nothing for others.
pub(crate) fn expand_plain(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let mut asked: Vec<&dyn quote::ToTokens> = Vec::new();
    let own = container.ident.to_string();
    if container.has_params() || container.fields().any(|field| field.ty.has_any(&[&own])) {
        return None;
    }
    for field in container.fields() {
        match field.role {
            Role::Traced if ty::field_is_plain_type_of_std(field.ty, container.generics) => {
                asked.push(field.ty);
            }
            Role::LeftOut if field.attributes.skip.is_none() && !field.in_skipped_variant => {}
            _ => return None,
        }
    }
    let (generics, _, own) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let lints = &container.lints;
    let own = own.map(|clause| clause.predicates.iter()).into_iter().flatten();
    let clause = quote!(where #(#own,)* #(for<'__once> #asked: #gcycle::Acyclic,)*);
    Some(quote! {
        #[automatically_derived]
        #lints
        impl #generics #gcycle::__private::Owns for #self_type #clause {
            type Owned = ();
        }
        #[automatically_derived]
        #lints
        impl #generics #gcycle::Acyclic for #self_type #clause {}
    })
}

/// What the type is called that is `Unpin` if the fields are acyclic.
fn name_of_contents(container: &Container<'_>) -> Ident {
    let own = container.ident.to_string();
    let own = own.strip_prefix("r#").unwrap_or(&own);
    Ident::new(&format!("NoGcLeadsBackTo{own}"), Span::call_site())
}

/// The type that is `Unpin` if the fields are acyclic.
fn contents(container: &Container<'_>, name: &Ident, gcycle: &Path) -> TokenStream {
    let (generics, arguments, own) = container.generics.split_for_impl();
    let lints = &container.lints;
    let params = container.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime ()))
        }
        GenericParam::Type(param) => {
            let ident = &param.ident;
            Some(quote!(*const #ident))
        }
        GenericParam::Const(_) => None,
    });
    let own_predicates = own.map(|clause| clause.predicates.iter()).into_iter().flatten();
    let asked = asked_fields(container).map(|field| {
        let ty = instead_of_self(container, without_signatures(field));
        if container.is_generic(field) {
            let question = at_field(field, quote!(#gcycle::__private::NoGcLeadsBackTo));
            predicate(field, &quote!(#question<#ty>))
        } else {
            predicate(field, &question(field, container, gcycle))
        }
    });
    let probes = asked_fields(container).any(|field| !container.is_generic(field));
    let import = probes.then(|| quote!(use #gcycle::__private::Unproven as _;));
    let clause = quote!(where #(#own_predicates,)* #(#asked,)*);
    let clause = instead_of_self(container, clause);
    quote! {
        #import
        #lints
        pub struct #name #generics (::core::marker::PhantomData<(#(#params,)*)>) #own;
        #[automatically_derived]
        #lints
        impl #generics ::core::marker::Unpin for #name #arguments #clause {}
    }
}

/// What is required of the fields that mention no parameter, once more for `Acyclic`.
fn requirements<'c>(
    container: &'c Container<'_>,
    gcycle: &'c Path,
) -> impl Iterator<Item = TokenStream> + 'c {
    let concrete = |field: &&Field<'_>| !container.is_generic(field);
    asked_fields(container).filter(concrete).map(|field| {
        let predicate = predicate(field, &question(field, container, gcycle));
        quote!(for<'__once> #predicate)
    })
}

/// The fields that have to be acyclic.
fn asked_fields<'c>(container: &'c Container<'_>) -> impl Iterator<Item = &'c Field<'c>> {
    container
        .fields()
        .filter(|field| field.role != Role::LeftOut && !ty::field_is_plain_data(field.ty))
}

/// How a field that mentions no parameter is asked. Lifetimes make no difference to the
/// answer, but the compiler does not compute constants that depend on them.
fn question(field: &Field<'_>, container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let ty = instead_of_self(container, without_signatures(field));
    let ty = without_lifetimes(container, ty);
    let private = at_field(field, quote!(#gcycle::__private));
    quote!(#private::Asked<#ty, { #private::Probe::<#ty>::OWNS }>)
}

/// A path, with the place of a field: the compiler points at all of a predicate.
fn at_field(field: &Field<'_>, path: TokenStream) -> TokenStream {
    let start = ty::at(field.ty.ends().0);
    let place = |mut token: TokenTree| {
        token.set_span(token.span().located_at(start));
        token
    };
    path.into_iter().map(place).collect()
}

/// `question: Unpin`. The compiler points at the trait, so it spans the field's type.
fn predicate(field: &Field<'_>, question: &TokenStream) -> TokenStream {
    let (start, end) = field.ty.ends();
    let unpin = Ident::new("Unpin", ty::at(end));
    let path = quote_spanned!(ty::at(start)=> ::core::marker::);
    quote!(#question: #path #unpin)
}

fn without_signatures(field: &Field<'_>) -> TokenStream {
    match ty::field_without_signatures(field.ty) {
        Some(ty) => ty.into_token_stream(),
        None => field.ty.to_token_stream(),
    }
}

/// `tokens` with the name of the type in the place of `Self`.
fn instead_of_self(container: &Container<'_>, tokens: TokenStream) -> TokenStream {
    replace(tokens, &mut |_, token| match token {
        TokenTree::Ident(ident) if ident == "Self" => Some(container.self_type()),
        _ => None,
    })
}

/// `tokens` with `'static` in the place of the lifetimes that are parameters.
fn without_lifetimes(container: &Container<'_>, tokens: TokenStream) -> TokenStream {
    let lifetimes: Vec<&Ident> =
        container.generics.lifetimes().map(|param| &param.lifetime.ident).collect();
    if lifetimes.is_empty() {
        return tokens;
    }
    replace(tokens, &mut |before, token| match token {
        TokenTree::Ident(ident) if before == Some('\'') && lifetimes.contains(&ident) => {
            let ident = Ident::new("static", ident.span());
            Some(ident.to_token_stream())
        }
        _ => None,
    })
}

/// `tokens` with those replaced that `with` gives something for. It is also told the
/// character before the token.
fn replace(
    tokens: TokenStream,
    with: &mut dyn FnMut(Option<char>, &TokenTree) -> Option<TokenStream>,
) -> TokenStream {
    let mut replaced = TokenStream::new();
    let mut before = None;
    for token in tokens {
        let new = with(before, &token);
        before = match &token {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        match (new, token) {
            (Some(new), _) => replaced.extend(new),
            (None, TokenTree::Group(group)) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), with));
                inner.set_span(group.span());
                replaced.extend([TokenTree::from(inner)]);
            }
            (None, token) => replaced.extend([token]),
        }
    }
    replaced
}
