//! The where-clauses that the expanded implementations need.
//!
//! A bound on every type parameter, as `derive(Clone)` writes, asks for too
//! much: `Tree<T>` that holds `Gc<T>` needs nothing of `T`. A bound on every
//! field's type asks for just enough, but sends the compiler in circles on
//! recursive types. So, for each field that is traced:
//!
//! 1. `Gc`, `Weak`, `PhantomData`, functions and raw pointers need nothing.
//! 2. Nor does a type that mentions no type parameter.
//! 3. A container of std, a tuple or an array needs what its contents need.
//! 4. The type being derived needs nothing, by whatever path it is named. If its arguments
//!    are its parameters in another order, then what the type needs of one parameter, it
//!    needs of the other too. A type that mentions it, or that is another instance of it,
//!    needs `T: Trace` for each parameter beside it.
//! 5. Any other type needs to be `Trace` itself.
//!
//! `bound = "..."` on a field stands in for what would be inferred for it, and on the
//! type for all. These rules do not cover generic types that are recursive through each
//! other without a `Gc` between them: for these the compiler reports an overflow, and one
//! of them needs a `bound`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::token::PathSep;
use syn::{Ident, Path, Type};

use crate::ast::{Container, Role};
use crate::ty;

/// Predicates without repetitions, in the order they were added.
#[derive(Default)]
pub(crate) struct Predicates {
    written: Vec<String>,
    tokens: Vec<TokenStream>,
}

impl Predicates {
    pub(crate) fn add(&mut self, predicate: TokenStream) {
        let written = predicate.to_string();
        if !self.written.contains(&written) {
            self.written.push(written);
            self.tokens.push(predicate);
        }
    }

    /// Adds what the predicates say of the type whose parameters are `renamed`, which the type
    /// owns, and of those that it owns in turn.
    pub(crate) fn hold_for(&mut self, renamed: &[Vec<(String, Ident)>]) {
        let mut next = 0;
        while next < self.tokens.len() {
            for renaming in renamed {
                self.add(rename(self.tokens[next].clone(), renaming));
            }
            next += 1;
        }
    }

    /// The where-clause of an implementation for `container`: its own predicates
    /// and these.
    pub(crate) fn where_clause(&self, container: &Container<'_>) -> TokenStream {
        let own = container.generics.where_clause.as_ref().map(|clause| &clause.predicates);
        if self.tokens.is_empty() && own.is_none() {
            return TokenStream::new();
        }
        let own = own.into_iter().flatten();
        let inferred = &self.tokens;
        quote!(where #(#own,)* #(#inferred,)*)
    }
}

/// The predicates of `Trace` for `container`.
pub(crate) fn for_trace(container: &Container<'_>, gcycle: &Path) -> Predicates {
    let mut predicates = Predicates::default();
    if container.is_acyclic() {
        // `tracked` is false for all values, so all of them must be acyclic.
        add_acyclic_fields(container, gcycle, true, &mut predicates);
    }
    if let Some(bound) = &container.attributes.bound {
        bound.value.iter().for_each(|own| predicates.add(own.to_token_stream()));
    }
    let mut renamed = Vec::new();
    for field in container.fields() {
        if let Some(bound) = &field.attributes.bound {
            bound.value.iter().for_each(|own| predicates.add(own.to_token_stream()));
        } else if container.has_type_params() {
            match field.role {
                Role::Traced if container.attributes.bound.is_none() => {
                    let ty = field.ty.tree();
                    let ty = ty::with_self(ty, container.ident, container.generics, &mut renamed);
                    infer(container, &ty, gcycle, &mut predicates);
                }
                Role::Acyclic => {
                    let ty = ty::field_without_signatures(field.ty);
                    let ty = ty.as_ref().unwrap_or_else(|| field.ty.tree());
                    if !ty::params_in(ty, container.generics).is_empty() {
                        predicates.add(acyclic_predicate(ty, gcycle));
                    }
                }
                _ => {}
            }
        }
    }
    predicates.hold_for(&renamed);
    predicates
}

/// The predicates of `Acyclic` for the fields of `container` that mention a parameter.
pub(crate) fn for_acyclic(container: &Container<'_>, gcycle: &Path) -> Predicates {
    let mut predicates = Predicates::default();
    add_acyclic_fields(container, gcycle, false, &mut predicates);
    predicates
}

/// Adds what the fields that mention a parameter need to be acyclic.
fn add_acyclic_fields(
    container: &Container<'_>,
    gcycle: &Path,
    only_generic: bool,
    predicates: &mut Predicates,
) {
    for field in container.fields() {
        if field.role != Role::LeftOut && container.is_generic(field) {
            let ty = ty::field_without_signatures(field.ty);
            let ty = ty.as_ref().unwrap_or_else(|| field.ty.tree());
            require_acyclic(container, ty, gcycle, only_generic, predicates);
        }
    }
}

/// Requires `ty` to be acyclic. A tree of boxes mentions its own type, of which
/// that cannot be asked while it is being decided; its values own each other, so
/// what counts is the rest.
fn require_acyclic(
    container: &Container<'_>,
    ty: &Type,
    gcycle: &Path,
    only_generic: bool,
    predicates: &mut Predicates,
) {
    if only_generic && ty::params_in(ty, container.generics).is_empty() || ty::is_plain_data(ty) {
        return;
    }
    if ty::mentions_owner(ty, container.ident) {
        if ty::is_path_to(ty, container.ident) {
            return;
        }
        if let Some(contents) = ty::contents(ty) {
            for ty in contents {
                require_acyclic(container, ty, gcycle, only_generic, predicates);
            }
            return;
        }
        if let Some(target) = ty::shared_target(ty) {
            require_acyclic(container, target, gcycle, only_generic, predicates);
            return;
        }
    }
    predicates.add(acyclic_predicate(ty, gcycle));
}

/// `ty: Acyclic`. The compiler points at the trait, so it spans the type.
fn acyclic_predicate(ty: &Type, gcycle: &Path) -> TokenStream {
    let (start, end) = ty::ends(ty);
    let mut gcycle = gcycle.clone();
    if gcycle.leading_colon.is_some() {
        gcycle.leading_colon = Some(PathSep { spans: [ty::at(start); 2] });
    }
    let acyclic = quote_spanned!(ty::at(end)=> ::Acyclic);
    quote!(#ty: #gcycle #acyclic)
}

/// `tokens` with the names of parameters replaced. What follows a colon is the name of
/// something in a path.
fn rename(tokens: TokenStream, renaming: &[(String, Ident)]) -> TokenStream {
    let mut renamed = TokenStream::new();
    let mut after_colon = false;
    for token in tokens {
        let new = match &token {
            TokenTree::Ident(ident) if !after_colon => {
                let name = ident.to_string();
                let other = renaming.iter().find(|(param, _)| *param == name);
                other.map_or_else(|| token.clone(), |(_, other)| other.clone().into())
            }
            TokenTree::Group(group) => {
                let inner = rename(group.stream(), renaming);
                Group::new(group.delimiter(), inner).into()
            }
            _ => token.clone(),
        };
        after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
        renamed.extend([new]);
    }
    renamed
}

/// Adds what `ty` needs to be `Trace`, by the rules above.
fn infer(container: &Container<'_>, ty: &Type, gcycle: &Path, predicates: &mut Predicates) {
    let params = ty::params_in(ty, container.generics);
    if params.is_empty()
        || ty::is_plain_data(ty)
        || ty::is_named(ty, &["Gc", "Weak", "PhantomData"])
    {
        return;
    }
    if let Some(contents) = ty::contents(ty) {
        for ty in contents {
            infer(container, ty, gcycle, predicates);
        }
    } else if ty::mentions_owner(ty, container.ident) {
        for param in params {
            predicates.add(quote!(#param: #gcycle::Trace));
        }
    } else {
        let ty = ty::peel(ty);
        predicates.add(quote!(#ty: #gcycle::Trace));
    }
}
