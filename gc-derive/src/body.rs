//! What `trace` does: report each field, with its name. What `finalize_contents` does: pass
//! on each field.
//!
//! This is what most of the expansion consists of, so it is put together token by
//! token. Quoting pieces into pieces costs a call into the compiler for each of
//! them.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Member, Path};

use crate::advice;
use crate::ast::{Container, Field, Role, Shape, Variant};
use crate::ty::{at, field_without_signatures, ident_at};

/// The most fields that `Fields` is implemented for.
const FIELDS_AT_ONCE: usize = 8;

/// What the body does; nothing if there is nothing to do.
pub(crate) fn expand(container: &Container<'_>, gcycle: &Path) -> TokenStream {
    let used = |field: &Field<'_>| field.role != Role::LeftOut;
    on_fields(container, &used, &|fields, access| report(fields, gcycle, access))
}

/// What to do with fields, each reached by an expression.
type Act<'f> = dyn Fn(&[&Field<'_>], Access) -> TokenStream + 'f;

/// Code that does `act` on the fields of a struct, or of the variant that a value is, of those
/// that are `used`.
pub(crate) fn on_fields(
    container: &Container<'_>,
    used: &dyn Fn(&Field<'_>) -> bool,
    act: &Act<'_>,
) -> TokenStream {
    match &container.data {
        Shape::Struct(fields) => {
            let fields: Vec<&Field<'_>> = fields.iter().filter(|field| used(field)).collect();
            act(&fields, own_field)
        }
        Shape::Enum(variants) => match_variants(variants, used, act),
    }
}

fn match_variants(
    variants: &[Variant<'_>],
    used: &dyn Fn(&Field<'_>) -> bool,
    act: &Act<'_>,
) -> TokenStream {
    let arm = |variant| arm(variant, used, act);
    let arms: Vec<TokenStream> = variants.iter().filter_map(arm).collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    let rest = (arms.len() < variants.len()).then(|| quote!(_ => {}));
    quote! {
        match *self {
            #(#arms)*
            #rest
        }
    }
}

/// Code that does `act` on every field of a value, each reached by an expression.
///
/// The patterns name all fields and variants, and so do not compile if the type has others: a macro
/// may have added them after the derive saw it. Each binding is a `ref`, as in [`arm`].
pub(crate) fn on_all_fields(
    container: &Container<'_>,
    act: &dyn Fn(&Field<'_>, Vec<TokenTree>) -> TokenStream,
) -> TokenStream {
    let arm = |constructor: TokenStream, fields: &[Field<'_>]| {
        let members = fields.iter().map(|field| match &field.member {
            Member::Named(ident) => Member::Named(ident_at(ident, at(ident.span()))),
            Member::Unnamed(index) => Member::Unnamed(index.clone()),
        });
        let bindings = fields.iter().map(|field| binding(field, Span::call_site()));
        let acts = fields.iter().map(|field| {
            let mut argument = Vec::new();
            bound_field(field, &mut argument);
            act(field, argument)
        });
        quote!(#constructor { #(#members: ref #bindings,)* } => { #(#acts)* })
    };
    let arms: TokenStream = match &container.data {
        Shape::Struct(fields) => arm(quote!(Self), fields),
        Shape::Enum(variants) => {
            let of_variant = |variant: &Variant<'_>| {
                let ident = variant.ident;
                arm(quote!(Self::#ident), &variant.fields)
            };
            variants.iter().map(of_variant).collect()
        }
    };
    quote!(match *self { #arms })
}

/// The arm of one variant, if a field of it is used.
///
/// Each binding is a `ref`. Where there is a constant or a unit struct of its name, that does not
/// compile; a plain name would stand for the constant, and what is reported would not be the field.
fn arm(
    variant: &Variant<'_>,
    used: &dyn Fn(&Field<'_>) -> bool,
    act: &Act<'_>,
) -> Option<TokenStream> {
    let fields: Vec<&Field<'_>> = variant.fields.iter().filter(|field| used(field)).collect();
    if fields.is_empty() {
        return None;
    }
    let members: Vec<&Member> = fields.iter().map(|field| &field.member).collect();
    let bindings = fields.iter().map(|field| binding(field, Span::call_site()));
    let ident = variant.ident;
    let body = Group::new(Delimiter::Brace, act(&fields, bound_field));
    Some(quote!(Self::#ident { #(#members: ref #bindings,)* .. } => #body))
}

/// An expression for a field, added to tokens.
pub(crate) type Access = fn(&Field<'_>, &mut Vec<TokenTree>);

/// Reports `fields`, each reached by `access`.
fn report(fields: &[&Field<'_>], gcycle: &Path, access: Access) -> TokenStream {
    let mut body = TokenStream::new();
    let checked = fields.iter().filter(|field| field.role == Role::Acyclic);
    for field in checked {
        if let Some(ty) = field_without_signatures(field.ty) {
            body.extend(quote!(#gcycle::__private::assert_type_is_acyclic::<#ty>();));
            continue;
        }
        let mut argument = Vec::new();
        access(field, &mut argument);
        body.extend(quote!(#gcycle::__private::assert_acyclic(#(#argument)*);));
    }
    let traced: Vec<&Field<'_>> =
        fields.iter().copied().filter(|field| field.role == Role::Traced).collect();
    for field in &traced {
        ask_for_advice(field, gcycle, access, &mut body);
    }
    for fields in traced.chunks(FIELDS_AT_ONCE) {
        report_together(fields, gcycle, access, &mut body);
    }
    for field in fields.iter().filter(|field| field.role == Role::TracedWith) {
        report_with(field, gcycle, access, &mut body);
    }
    body
}

/// Asks about a field that may not be `Trace` for a reason that the compiler would not know.
/// It is only for the compiler to look at, and never runs.
fn ask_for_advice(field: &Field<'_>, gcycle: &Path, access: Access, body: &mut TokenStream) {
    if let Some(function) = advice::about(field.ty) {
        let mut argument = Vec::new();
        access(field, &mut argument);
        body.extend(quote!(if false { #gcycle::__private::advice::#function(#(#argument)*); }));
    }
}

/// Reports fields that implement `Trace`, in one call.
///
/// `report` is a function of the `Tracer` that the signature of `trace` names, so that no
/// other can stand for it.
fn report_together(fields: &[&Field<'_>], gcycle: &Path, access: Access, body: &mut TokenStream) {
    let mut tuple = Vec::with_capacity(fields.len() * 5);
    for field in fields {
        access(field, &mut tuple);
        tuple.push(punct(',', Span::call_site()));
    }
    let tuple = Group::new(Delimiter::Parenthesis, tuple.into_iter().collect());
    let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
    let labels = Literal::string(&labels.join("|"));
    body.extend(quote!(#gcycle::Tracer::report(__tracer, #tuple, #labels);));
}

/// Passes fields on to `__finalizing`.
pub(crate) fn finalize(fields: &[&Field<'_>], gcycle: &Path, access: Access) -> TokenStream {
    let pass_on = |field: &&Field<'_>| {
        let mut argument = Vec::new();
        access(field, &mut argument);
        quote!(#gcycle::__private::Finalizing::field(__finalizing, #(#argument)*).__finalize();)
    };
    fields.iter().map(pass_on).collect()
}

/// Reports a field with a function of the user, who is responsible for it: the `unsafe`
/// block has the span of the word.
fn report_with(field: &Field<'_>, gcycle: &Path, access: Access, body: &mut TokenStream) {
    let Some(with) = &field.attributes.unsafe_with else {
        return;
    };
    let (function, label) = (&with.value, &field.label);
    let mut argument = Vec::new();
    access(field, &mut argument);
    let call = quote! {
        #gcycle::__private::report_with(__tracer, #label, #function, #(#argument)*)
    };
    body.extend(quote_spanned!(with.span=> unsafe { #call; }));
}

/// `&self.field`, spanning the field's type. So does the part behind the `&`,
/// since that is what the compiler points at.
fn own_field(field: &Field<'_>, tokens: &mut Vec<TokenTree>) {
    let (start, end) = place(field);
    tokens.push(punct('&', start));
    tokens.push(Ident::new("self", start).into());
    tokens.push(punct('.', end));
    tokens.push(match &field.member {
        Member::Named(ident) => ident_at(ident, end).into(),
        Member::Unnamed(index) => {
            let mut number = Literal::u32_unsuffixed(index.index);
            number.set_span(end);
            number.into()
        }
    });
}

/// `&*__field0`, the binding of a field of a variant, spanning its type likewise.
fn bound_field(field: &Field<'_>, tokens: &mut Vec<TokenTree>) {
    let (start, end) = place(field);
    tokens.push(punct('&', start));
    tokens.push(punct('*', start));
    tokens.push(binding(field, end).into());
}

/// What a field of a variant is called in its arm.
fn binding(field: &Field<'_>, span: Span) -> Ident {
    Ident::new(&format!("__field{}", field.position), span)
}

/// Where the type of `field` begins and ends.
fn place(field: &Field<'_>) -> (Span, Span) {
    let (start, end) = field.ty.ends();
    let start = at(start);
    (start, if field.ty.is_one_token() { start } else { at(end) })
}

fn punct(character: char, span: Span) -> TokenTree {
    let mut punct = Punct::new(character, Spacing::Alone);
    punct.set_span(span);
    punct.into()
}
