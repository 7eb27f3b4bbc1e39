//! Which values are finalized with an object: the value itself, and what lies in its fields.
//!
//! `has_finalizers` answers for the type, as a constant that folds away. A type that is
//! marked with `#[trace(finalize)]` has one. Any other asks the types of its fields, as far as
//! they are not known to have none by their names:
//!
//! * The types are asked in the expanded code, where the compiler knows them. `Ask` counts the
//!   levels, or notes the types, so that this ends.
//! * The type itself is not asked again: a list of boxes has the finalizers of its items.
//! * A `Box` cannot ask its target, which may have no size. So boxes, and what contains them,
//!   are looked through by their names, after asking the compiler whether they are what their
//!   names say.
//!
//! `finalize_contents` passes on the fields whose types were asked, and those that contain the
//! type itself.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Path, Type};

use crate::ast::{Container, Field, Role, Shape};
use crate::body;
use crate::ty::{self, at};

/// Types of this library and of std without finalizers, and without contents that have any.
/// No program is expected to put values to finalize into types of its own with such names.
const NO_FINALIZERS: &[&str] = &["Gc", "PhantomData", "String", "Weak"];

/// The functions of `Trace` about finalizers.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let mut terms = Terms::default();
    for field in container.fields() {
        ask_field(container, field, &mut terms);
    }
    let own = own_finalizer(container, gcycle);
    let answer = own.is_none().then(|| answer(container, gcycle, &terms));
    let is_asked = own.is_some() || !terms.is_empty();
    let contents = is_asked.then(|| finalize_contents(container, gcycle));
    quote!(#own #answer #contents)
}

/// Reasons to have finalizers.
#[derive(Default)]
struct Terms<'a> {
    /// If one of these types has. Each is asked once.
    types: Vec<&'a Type>,
    written: Vec<String>,
    /// Unless all of these are the containers of std that their names say.
    looked_through: Vec<&'a Type>,
}

impl<'a> Terms<'a> {
    fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    fn add(&mut self, ty: &'a Type) {
        let written = ty.to_token_stream().to_string();
        if !self.written.contains(&written) {
            self.written.push(written);
            self.types.push(ty);
        }
    }
}

/// Whether there may be finalizers in a field; adds to `terms` what there is to ask.
fn ask_field<'a>(container: &Container<'_>, field: &Field<'a>, terms: &mut Terms<'a>) -> bool {
    let has_none = |name| NO_FINALIZERS.contains(&name);
    field.role == Role::Traced
        && !field.ty.leading_name().is_some_and(has_none)
        && !field.ty.single_name().is_some_and(has_none)
        && ask(container, field.ty.tree(), terms)
}

/// The same for a type in a field.
fn ask<'a>(container: &Container<'_>, ty: &'a Type, terms: &mut Terms<'a>) -> bool {
    if ty::is_plain_data(ty) || ty::is_named(ty, NO_FINALIZERS) {
        return false;
    }
    if ty::is_same_type(ty, container.ident, container.generics) {
        return true;
    }
    let Some(contents) = ty::contents(ty) else {
        terms.add(ty);
        return true;
    };
    let mut inside = Terms::default();
    let mut has_some = false;
    for ty in contents {
        has_some |= ask(container, ty, &mut inside);
    }
    let is_named = ty::is_container_by_name(ty);
    if has_some && is_named && !must_look_through(container, ty) {
        terms.add(ty);
    } else if has_some {
        if is_named && !inside.is_empty() {
            terms.looked_through.push(ty);
        }
        inside.types.into_iter().for_each(|ty| terms.add(ty));
        terms.looked_through.append(&mut inside.looked_through);
    }
    has_some
}

/// Whether a container cannot be asked, or would ask the type itself again. A `Cell` is asked:
/// what lies in it is not finalized.
fn must_look_through(container: &Container<'_>, ty: &Type) -> bool {
    !ty::is_named(ty, &["Cell"])
        && (ty::mentions_box(ty) || ty::mentions_owner(ty, container.ident))
}

/// An implementation that conflicts with every `Finalize`, for a generic type that is not
/// marked: the compiler does not see in the other check that some arguments of the type have
/// one.
pub(crate) fn impl_conflict(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    if container.attributes.finalize.is_some() || !container.has_type_params() {
        return None;
    }
    let lints = &container.lints;
    let (generics, _, where_clause) = container.generics.split_for_impl();
    let self_type = container.self_type();
    let at_name = at(container.ident.span());
    Some(quote_spanned! {at_name=>
        #[automatically_derived]
        #lints
        impl #generics #gcycle::__private::AddTraceFinalizeToTheType
            for #self_type #where_clause {}
    })
}

/// The finalizer of a type that is marked.
fn own_finalizer(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let at_word = at(container.attributes.finalize?);
    let finalize = quote_spanned!(at_word=> <Self as #gcycle::Finalize>::finalize);
    Some(quote! {
        #[inline]
        fn finalizer() -> ::core::option::Option<fn(&Self)> {
            ::core::option::Option::Some(#finalize)
        }
        fn finalize_all(&self, __finalizing: &mut #gcycle::__private::Finalizing) {
            #gcycle::__private::Finalizing::own(__finalizing, self, #finalize);
            <Self as #gcycle::Trace>::finalize_contents(self, __finalizing);
        }
    })
}

/// What a type without a finalizer of its own answers, asked as a type and as a value.
fn answer(container: &Container<'_>, gcycle: &Path, terms: &Terms<'_>) -> TokenStream {
    let as_value = |answer: TokenStream| {
        quote! {
            #[inline]
            fn may_finalize(&self) -> ::core::primitive::bool {
                #answer
            }
        }
    };
    if terms.is_empty() {
        return as_value(quote!(false));
    }
    // The trait says yes for values without a size.
    let as_value = (!may_be_unsized(container))
        .then(|| as_value(quote!(#gcycle::__private::has_finalizers::<Self>())));
    let private = quote!(#gcycle::__private);
    let ask = |ty: &&Type| quote!(#private::Ask::traced::<#ty>(__ask).has_finalizers());
    let is_opaque = |ty: &&Type| quote!(#private::Probe::<#ty>::IS_OPAQUE);
    let terms_of = terms.types.iter().map(ask).chain(terms.looked_through.iter().map(is_opaque));
    let import = (!terms.looked_through.is_empty()).then(|| quote!(use #private::Unproven as _;));
    quote! {
        #[inline]
        fn has_finalizers(__ask: impl #private::Ask) -> ::core::primitive::bool {
            #import
            #(#terms_of)||*
        }
        #as_value
    }
}

fn may_be_unsized(container: &Container<'_>) -> bool {
    let Shape::Struct(fields) = &container.data else {
        return false;
    };
    fields.last().is_some_and(|last| ty::may_be_unsized(last.ty.tree(), container.generics))
}

/// Passes on the fields that may have finalizers; nothing if there are none.
fn finalize_contents(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let is_passed_on = |field: &Field<'_>| ask_field(container, field, &mut Terms::default());
    if !container.fields().any(is_passed_on) {
        return None;
    }
    let body = body::on_fields(container, &is_passed_on, &|fields, access| {
        body::finalize(fields, gcycle, access)
    });
    Some(quote! {
        fn finalize_contents(&self, __finalizing: &mut #gcycle::__private::Finalizing) {
            #body
        }
    })
}
