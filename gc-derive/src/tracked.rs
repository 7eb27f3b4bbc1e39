//! The answers of `tracked` and `reports`, as constants that fold away.
//!
//! A type needs to be tracked if it may own a `Gc` that leads back to it. Asking
//! each field's `tracked` would not end on a recursive type, so the answer is
//! put together from [terms](Term) that never ask another user's type:
//!
//! * A field that is written with a `Gc` settles it; nothing is expanded, because
//!   "tracked" is the trait's default answer.
//! * Where no type parameter is involved, the compiler knows: what is `Send`
//!   owns no `Gc`. Auto traits see through recursion.
//! * `Weak`, `Rc` and the like are not `Send` but may be acyclic, which the
//!   compiler knows too.
//! * A type parameter is asked. It is a smaller type than the one it is an
//!   argument of, so this ends.
//! * Containers of std are looked through, after asking the compiler whether they
//!   are what their names say.
//! * Any other type that mentions a type parameter counts as tracked.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Path, Type};

use crate::ast::{Container, Field, Role};
use crate::ty;

/// A reason to be tracked, or to have something to report.
enum Term<'a> {
    /// Unless the types, taken together, own no `Gc`.
    OwnsGc(Vec<&'a dyn ToTokens>),
    /// As above, of the type itself.
    SelfOwnsGc,
    /// Unless the type owns no `Gc` or is acyclic. It may report nevertheless if
    /// it has a weak handle.
    IsCyclic { ty: &'a Type, has_weak: bool },
    /// Unless the type is the container of std that its name says.
    IsOpaque(&'a Type),
    /// If the type parameter is.
    Param(&'a Ident),
}

/// What the two functions are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Tracked,
    Reports,
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Question::Tracked => "tracked",
            Question::Reports => "reports",
        }
    }
}

/// `tracked` and, where it differs, `reports`; nothing if the answer is yes.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    if container.attributes.shared.is_some() {
        // What is `Send` may own a `sync::Gc`.
        return TokenStream::new();
    }
    if container.is_acyclic() {
        return expand_acyclic(container, gcycle);
    }
    let Some(terms) = terms(container) else {
        return TokenStream::new();
    };
    let tracked = function(Question::Tracked, &terms, gcycle);
    let differs =
        |term: &Term<'_>| matches!(term, Term::Param(_) | Term::IsCyclic { has_weak: true, .. });
    if !terms.iter().any(differs) {
        return tracked;
    }
    let reports = function(Question::Reports, &terms, gcycle);
    quote!(#tracked #reports)
}

/// An acyclic type is not tracked, but what it owns may report weak handles.
fn expand_acyclic(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let tracked = function(Question::Tracked, &[], gcycle);
    if container.fields().all(is_left_out) {
        return tracked;
    }
    let reports = function(Question::Reports, &[Term::SelfOwnsGc], gcycle);
    quote!(#tracked #reports)
}

fn is_left_out(field: &Field<'_>) -> bool {
    matches!(field.role, Role::LeftOut | Role::Acyclic)
}

/// One of the two functions: true if one of `terms` is.
fn function(question: Question, terms: &[Term<'_>], gcycle: &Path) -> TokenStream {
    let probe = quote!(#gcycle::__private::Probe);
    let name = Ident::new(question.name(), Span::call_site());
    let ask = |term: &Term<'_>| match term {
        Term::OwnsGc(types) => quote!(#probe::<(#(#types,)*)>::MAY_OWN_GC),
        Term::SelfOwnsGc => quote!(#probe::<Self>::MAY_OWN_GC),
        Term::IsCyclic { ty, .. } => {
            quote!((#probe::<#ty>::MAY_OWN_GC && #probe::<#ty>::MAY_BE_CYCLIC))
        }
        Term::IsOpaque(ty) => quote!(#probe::<#ty>::IS_OPAQUE),
        Term::Param(param) => quote!(#probe::<#param>::#name()),
    };
    let has_weak = |term: &Term<'_>| matches!(term, Term::IsCyclic { has_weak: true, .. });
    let body = if terms.is_empty() {
        quote!(false)
    } else if question == Question::Reports && terms.iter().any(has_weak) {
        quote!(true)
    } else {
        let terms = terms.iter().map(ask);
        quote! {
            use #gcycle::__private::Unproven as _;
            #(#terms)||*
        }
    };
    quote! {
        #[inline]
        fn #name() -> ::core::primitive::bool {
            #body
        }
    }
}

/// The terms for all fields that are traced; `None` if one of them settles it.
fn terms<'a>(container: &'a Container<'_>) -> Option<Vec<Term<'a>>> {
    let mut terms = Vec::new();
    let mut simple = Vec::new();
    let mut left_out = false;
    for field in container.fields() {
        match field.role {
            Role::Traced => {
                if ty::field_owns_gc(field.ty) {
                    return None;
                }
                if !container.has_type_params() && !ty::field_may_be_acyclic(field.ty) {
                    simple.push(field.ty as &dyn ToTokens);
                } else {
                    ask(container, field.ty.tree(), &mut simple, &mut terms)?;
                }
            }
            // What a function of the user reports is not known.
            Role::TracedWith => return None,
            Role::LeftOut | Role::Acyclic => {
                left_out |= !ty::field_is_plain_data(field.ty)
                    || field.ty.single_name().is_none() && ty::has_raw_pointer(field.ty.tree());
            }
        }
    }
    if !simple.is_empty() {
        let is_all = terms.is_empty() && !left_out && !container.has_type_params();
        terms.push(if is_all { Term::SelfOwnsGc } else { Term::OwnsGc(simple) });
    }
    Some(terms)
}

/// Adds what there is to ask about `ty`: to `simple` if it is one question to
/// the compiler, otherwise to `terms`. `None` if it counts as tracked.
fn ask<'a>(
    container: &'a Container<'_>,
    ty: &'a Type,
    simple: &mut Vec<&'a dyn ToTokens>,
    terms: &mut Vec<Term<'a>>,
) -> Option<()> {
    let is_generic = !ty::params_in(ty, container.generics).is_empty();
    let may_be_acyclic = ty::may_be_acyclic(ty);
    if ty::is_plain_data(ty) {
        return Some(());
    }
    if !is_generic && !may_be_acyclic {
        simple.push(ty);
        return Some(());
    }
    if let Some(param) = ty::as_param(ty, container.generics) {
        terms.push(Term::Param(param));
        return Some(());
    }
    if let Some(contents) = ty::contents(ty) {
        if ty::is_container_by_name(ty) {
            terms.push(Term::IsOpaque(ty));
        }
        for ty in contents {
            ask(container, ty, simple, terms)?;
        }
        return Some(());
    }
    // Some other type with a weak handle or the like: alone or among others.
    may_be_acyclic.then(|| {
        terms.push(Term::IsCyclic { ty, has_weak: ty::mentions_weak(ty) });
    })
}
