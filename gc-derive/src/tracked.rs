//! The answers of `tracked` and `reports`, as constants that fold away.
//!
//! A type needs to be tracked if it may own a `Gc` that leads back to it. Asking
//! each field's `tracked` would not end on a recursive type, so the answer is
//! put together from [terms](Term) that never ask another user's type:
//!
//! * A field that is written with a `Gc` settles it; nothing is expanded, since
//!   "tracked" is what the trait answers by itself.
//! * Where no type parameter is involved, the compiler knows: what is `Send`
//!   owns no `Gc`. Auto traits see through recursion.
//! * `Weak`, `Rc` and the like are not `Send` but may be acyclic, which the
//!   compiler knows too.
//! * A type parameter is asked. It is a smaller type than the one it is an
//!   argument of, so this ends.
//! * Containers of std are looked through, after asking the compiler whether they
//!   are what their names say.
//! * Any other type that mentions a type parameter counts as tracked.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path, Type};

use crate::ast::{Container, Field, Role};
use crate::ty;

/// A reason to be tracked, or to have something to report.
enum Term<'a> {
    /// Unless the types, taken together, own no `Gc`.
    OwnsGc(Vec<&'a Type>),
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

/// `tracked` and, where it differs, `reports`; nothing if the answer is yes.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    if container.is_acyclic() {
        return expand_acyclic(container, gcycle);
    }
    let Some(terms) = terms(container) else {
        return TokenStream::new();
    };
    let tracked = function(&Ident::new("tracked", call_site()), &terms, gcycle);
    let differs = |term: &Term<'_>| match term {
        Term::Param(_) => true,
        Term::IsCyclic { has_weak, .. } => *has_weak,
        Term::OwnsGc(_) | Term::SelfOwnsGc | Term::IsOpaque(_) => false,
    };
    let reports = terms
        .iter()
        .any(differs)
        .then(|| function(&Ident::new("reports", call_site()), &terms, gcycle));
    quote!(#tracked #reports)
}

/// An acyclic type is not tracked, but what it owns may report weak handles.
fn expand_acyclic(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let no = function(&Ident::new("tracked", call_site()), &[], gcycle);
    let may_report: &[Term<'_>] =
        if container.fields().all(is_left_out) { &[] } else { &[Term::SelfOwnsGc] };
    let reports = function(&Ident::new("reports", call_site()), may_report, gcycle);
    quote!(#no #reports)
}

fn call_site() -> proc_macro2::Span {
    proc_macro2::Span::call_site()
}

fn is_left_out(field: &Field<'_>) -> bool {
    matches!(field.role, Role::LeftOut | Role::Acyclic)
}

/// One of the two functions: true if one of `terms` is.
fn function(name: &Ident, terms: &[Term<'_>], gcycle: &Path) -> TokenStream {
    let probe = quote!(#gcycle::__private::Probe);
    let of_tracked = name == "tracked";
    let asked = terms.iter().filter_map(|term| match term {
        Term::OwnsGc(types) => Some(quote!(#probe::<(#(#types,)*)>::MAY_OWN_GC)),
        Term::SelfOwnsGc => Some(quote!(#probe::<Self>::MAY_OWN_GC)),
        Term::IsCyclic { ty, .. } if of_tracked => {
            Some(quote!((#probe::<#ty>::MAY_OWN_GC && #probe::<#ty>::MAY_BE_CYCLIC)))
        }
        Term::IsCyclic { has_weak, .. } => has_weak.then(|| quote!(true)),
        Term::IsOpaque(ty) => Some(quote!(#probe::<#ty>::IS_OPAQUE)),
        Term::Param(param) => Some(quote!(#probe::<#param>::#name())),
    });
    let asked: Vec<TokenStream> = asked.collect();
    let body = if asked.is_empty() {
        quote!(false)
    } else {
        quote! {
            use #gcycle::__private::Unproven as _;
            #(#asked)||*
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
                if ty::owns_gc(field.ty) {
                    return None;
                }
                ask(container, field.ty, &mut simple, &mut terms)?;
            }
            // What a function of the user reports is not known.
            Role::TracedWith => return None,
            Role::LeftOut | Role::Acyclic => {
                left_out |= !ty::is_plain_data(field.ty) || ty::has_raw_pointer(field.ty);
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
    simple: &mut Vec<&'a Type>,
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
