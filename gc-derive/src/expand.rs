//! From the model to tokens: the implementations that make up the expansion.
//!
//! Expanded code lives in the user's module, among names the derive knows nothing
//! of. So it names everything by an absolute path, brings nothing into scope but
//! inside function bodies, and picks locals nobody uses. Its spans resolve where
//! the derive was written and point at the user's types, so that a field that is
//! not `Trace` is reported at the field.
//!
//! `unsafe` in the expansion belongs to the derive and is invisible to
//! `deny(unsafe_code)`, as it is the derive that keeps the contract. Where an
//! attribute makes the user keep it, `unsafe_with` and `unsafe_drop`, the block
//! carries the span of that word, so that the lint finds it there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Member, Path};

use crate::ast::{Container, Field, Role, Shape, Variant};
use crate::attr::Spanned;
use crate::{bound, tracked, ty};

/// The most fields that `Fields` is implemented for.
const FIELDS_AT_ONCE: usize = 8;

/// All implementations for `container`.
pub(crate) fn expand(container: &Container<'_>) -> TokenStream {
    let gcycle = container.crate_path();
    let trace = impl_trace(container, &gcycle);
    let acyclic = container.is_acyclic().then(|| impl_acyclic(container, &gcycle));
    let no_drop = impl_no_drop(container, &gcycle);
    quote!(#trace #acyclic #no_drop)
}

fn impl_trace(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let ident = container.ident;
    let (generics, arguments, _) = container.generics.split_for_impl();
    let where_clause = bound::for_trace(container, gcycle).where_clause(container);
    let body = body(container, gcycle);
    let checks = container.fields().filter(|field| field.role == Role::Acyclic);
    let checks = match &container.data {
        Shape::Struct(_) => checks.map(|field| check_acyclic(field, gcycle)).collect(),
        Shape::Enum(_) => TokenStream::new(),
    };
    let tracer = if body.is_empty() { quote!(_) } else { quote!(__tracer) };
    let labelled = (!body.is_empty()).then(|| {
        quote! {
            fn trace_labelled(&self, #tracer: &mut #gcycle::LabelTracer<'_>) {
                #body
            }
        }
    });
    let tracked = tracked::expand(container, gcycle);
    let finalizer = finalizer(container, gcycle);
    let type_name = type_name(container);
    quote! {
        #[automatically_derived]
        unsafe impl #generics #gcycle::Trace for #ident #arguments #where_clause {
            #[inline]
            fn trace(&self, #tracer: &mut #gcycle::Tracer<'_>) {
                #checks
                #body
            }
            #labelled
            #tracked
            #finalizer
            #type_name
        }
    }
}

fn impl_acyclic(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let ident = container.ident;
    let (generics, arguments, _) = container.generics.split_for_impl();
    let where_clause = bound::for_acyclic(container, gcycle).where_clause(container);
    quote! {
        #[automatically_derived]
        impl #generics #gcycle::Acyclic for #ident #arguments #where_clause {}
    }
}

/// The implementation that conflicts with `Drop`, at the type's name.
///
/// Where `Drop` is allowed, an unsafe function instead, at the word that allows
/// it. It is for `deny(unsafe_code)`; a block would do too, but lints would ask
/// for its safety comment and then call the comment needless on a struct.
fn impl_no_drop(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    if let Some(unsafe_drop) = container.attributes.unsafe_drop {
        return quote_spanned! {unsafe_drop=>
            const _: unsafe fn() = {
                unsafe fn drop_is_harmless() {}
                drop_is_harmless
            };
        };
    }
    let ident = container.ident;
    let (generics, arguments, where_clause) = container.generics.split_for_impl();
    let at_name = at(ident.span());
    quote_spanned! {at_name=>
        #[automatically_derived]
        impl #generics #gcycle::__private::ImplementFinalizeInsteadOfDrop
            for #ident #arguments #where_clause {}
    }
}

fn finalizer(container: &Container<'_>, gcycle: &Path) -> Option<TokenStream> {
    let at_word = at(container.attributes.finalize?);
    let finalize = quote_spanned!(at_word=> <Self as #gcycle::Finalize>::finalize);
    Some(quote! {
        #[inline]
        fn finalizer() -> ::core::option::Option<fn(&Self)> {
            ::core::option::Option::Some(#finalize)
        }
    })
}

fn type_name(container: &Container<'_>) -> Option<TokenStream> {
    let name = &container.attributes.name.as_ref()?.value;
    Some(quote! {
        fn type_name() -> &'static ::core::primitive::str {
            #name
        }
    })
}

/// The body of `trace` and of `trace_labelled`.
fn body(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    match &container.data {
        Shape::Struct(fields) => report(fields, gcycle, |field| {
            let (start, end) = ty::ends(field.ty);
            let (start, end) = (at(start), at(end));
            let member = located(&field.member, end);
            let this = quote_spanned!(end=> self.#member);
            quote_spanned!(start=> &#this)
        }),
        Shape::Enum(variants) => {
            let arms: Vec<TokenStream> =
                variants.iter().filter_map(|variant| arm(variant, gcycle)).collect();
            if arms.is_empty() {
                return TokenStream::new();
            }
            let rest = (arms.len() < variants.len()).then(|| quote!(_ => {}));
            quote! {
                match self {
                    #(#arms)*
                    #rest
                }
            }
        }
    }
}

/// The arm of one variant, if it has something to report.
fn arm(variant: &Variant<'_>, gcycle: &Path) -> Option<TokenStream> {
    let bound: Vec<&Field<'_>> =
        variant.fields.iter().filter(|field| field.role != Role::LeftOut).collect();
    if bound.is_empty() {
        return None;
    }
    let ident = variant.ident;
    let members = bound.iter().map(|field| &field.member);
    let bindings = bound.iter().map(|field| binding(field, Span::call_site()));
    let checks = bound.iter().filter(|field| field.role == Role::Acyclic);
    let checks = checks.map(|field| {
        let field = bound_field(field);
        quote!(#gcycle::__private::assert_acyclic(#field);)
    });
    let report = report(&variant.fields, gcycle, bound_field);
    Some(quote! {
        Self::#ident { #(#members: #bindings,)* .. } => {
            #(#checks)*
            #report
        }
    })
}

/// The binding of a field of a variant, as an expression that spans the field's
/// type.
fn bound_field(field: &Field<'_>) -> TokenStream {
    let (start, end) = ty::ends(field.ty);
    let binding = binding(field, at(end));
    let target = quote_spanned!(at(end)=> *#binding);
    quote_spanned!(at(start)=> &#target)
}

/// What a field of a variant is called in its arm.
fn binding(field: &Field<'_>, span: Span) -> Ident {
    Ident::new(&format!("__{}", field.position), span)
}

/// Reports the edges of `fields`, each reached as `access` says.
fn report(
    fields: &[Field<'_>],
    gcycle: &Path,
    access: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let mut tokens = TokenStream::new();
    let traced: Vec<&Field<'_>> =
        fields.iter().filter(|field| field.role == Role::Traced).collect();
    for fields in traced.chunks(FIELDS_AT_ONCE) {
        let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
        let labels = labels.join("|");
        let fields = fields.iter().map(|field| access(field));
        tokens.extend(quote! {
            #gcycle::__private::Fields::report((#(#fields,)*), #labels, __tracer);
        });
    }
    for field in fields {
        if let Some(Spanned { value: function, span: word }) = &field.attributes.unsafe_with
            && field.role == Role::TracedWith
        {
            let label = &field.label;
            let field = access(field);
            let call = quote! {
                #gcycle::__private::Report::field_with(__tracer, #label, #function, #field)
            };
            tokens.extend(quote_spanned!(*word=> unsafe { #call }));
            tokens.extend(quote!(;));
        }
    }
    tokens
}

/// Asks for a field of a struct that is not traced to be acyclic.
fn check_acyclic(field: &Field<'_>, gcycle: &Path) -> TokenStream {
    let (start, end) = ty::ends(field.ty);
    let member = located(&field.member, at(end));
    let this = quote_spanned!(at(end)=> self.#member);
    let this = quote_spanned!(at(start)=> &#this);
    quote!(#gcycle::__private::assert_acyclic(#this);)
}

/// `member` as if it were written at `span`.
fn located(member: &Member, span: Span) -> Member {
    let mut member = member.clone();
    match &mut member {
        Member::Named(ident) => ident.set_span(span),
        Member::Unnamed(index) => index.span = span,
    }
    member
}

/// The place of `span` with the names of the derive.
fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
