//! The model: what the rest of the derive works on, borrowing what was parsed.
//!
//! [`parse`](crate::parse) says how the type is written; the model says what each
//! field is for the collector, its [`Role`]. Everything keeps a way back to the
//! source, for errors.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::token::PathSep;
use syn::{Attribute, GenericParam, Generics, Ident, Index, Member, Path};

use crate::attr::Attributes;
use crate::diag::{self, Errors, Position};
use crate::parse::{self, Data, FieldType, Input};
use crate::ty;

/// The type that derives `Trace`.
pub(crate) struct Container<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attributes: Attributes,
    /// The lints that are allowed on the type, for what is expanded.
    pub(crate) lints: TokenStream,
    /// Whether naming it is a warning.
    pub(crate) is_deprecated: bool,
    /// Where it is declared packed.
    pub(crate) packed: Option<Span>,
    pub(crate) data: Shape<'a>,
}

/// Struct or enum.
pub(crate) enum Shape<'a> {
    Struct(Vec<Field<'a>>),
    Enum(Vec<Variant<'a>>),
}

/// A variant of an enum.
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attributes: Attributes,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of a struct or of a variant.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    /// Where it stands among the fields.
    pub(crate) position: usize,
    /// The name of its edges in heap tools.
    pub(crate) label: String,
    pub(crate) attributes: Attributes,
    pub(crate) ty: &'a FieldType,
    pub(crate) role: Role,
    /// Whether its variant is skipped.
    pub(crate) in_skipped_variant: bool,
}

/// What a field is for the collector.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its edges are reported.
    Traced,
    /// The user's function reports its edges.
    TracedWith,
    /// It is not traced, and must be acyclic: by the user's wish, or because it holds
    /// function pointers, which do not all implement `Trace`.
    Acyclic,
    /// It is not traced, by the user's wish or since it owns nothing.
    LeftOut,
}

impl<'a> Container<'a> {
    /// The model of `input`. A union, which is an error, is like an empty struct.
    pub(crate) fn new(input: &'a Input, errors: &mut Errors) -> Self {
        for attribute in &input.on_parameters {
            errors.on(&attribute.meta, diag::on_a_parameter());
        }
        let attributes = Attributes::read(&input.attributes, Position::Type, errors);
        let data = match &input.data {
            Data::Struct(fields) => Shape::Struct(read_fields(fields, None, errors)),
            Data::Enum(variants) => {
                let read = |variant| Variant::new(variant, errors);
                Shape::Enum(variants.iter().map(read).collect())
            }
            Data::Union(word) => {
                errors.at(*word, diag::union());
                Shape::Struct(Vec::new())
            }
        };
        let packed = input.attributes.iter().find_map(find_packed);
        let lints = input.attributes.iter().filter_map(allowed_lints).collect();
        let is_deprecated =
            input.attributes.iter().any(|attribute| attribute.path().is_ident("deprecated"));
        Container {
            ident: &input.ident,
            generics: &input.generics,
            attributes,
            lints,
            is_deprecated,
            packed,
            data,
        }
    }

    /// The type as an implementation names it.
    pub(crate) fn self_type(&self) -> TokenStream {
        let mut ident = self.ident.clone();
        if self.is_deprecated {
            // A name in the context of the derive does not count as a use.
            ident = ty::ident_at(&ident, ty::at(ident.span()));
        }
        let Generics { lt_token, params, gt_token, .. } = self.generics;
        let arguments = params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => {
                // In braces, since there may be a type of the same name.
                let ident = &param.ident;
                quote!({ #ident })
            }
        });
        quote!(#ident #lt_token #(#arguments),* #gt_token)
    }

    /// Where the names of the runtime are.
    pub(crate) fn crate_path(&self) -> Path {
        self.attributes.crate_path.clone().unwrap_or_else(default_crate_path)
    }

    /// All fields, those of skipped variants included.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let (own, variants) = match &self.data {
            Shape::Struct(fields) => (Some(fields), None),
            Shape::Enum(variants) => (None, Some(variants)),
        };
        let in_variants = variants.into_iter().flatten().flat_map(|variant| &variant.fields);
        own.into_iter().flatten().chain(in_variants)
    }

    /// Whether the type promises to be acyclic.
    pub(crate) fn is_acyclic(&self) -> bool {
        self.attributes.acyclic.is_some()
    }

    /// Whether it has a parameter other than a lifetime.
    pub(crate) fn has_params(&self) -> bool {
        let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
        !self.generics.params.iter().all(is_lifetime)
    }

    /// Whether the type of `field` depends on a type or a number that is a parameter.
    pub(crate) fn is_generic(&self, field: &Field<'_>) -> bool {
        let mentions = |param: &GenericParam| match param {
            GenericParam::Lifetime(_) => false,
            GenericParam::Type(param) => field.ty.has_any(&[&param.ident.to_string()]),
            GenericParam::Const(param) => field.ty.has_any(&[&param.ident.to_string()]),
        };
        self.generics.params.iter().any(mentions)
            || self.has_params() && field.ty.has_any(&["Self"])
    }

    /// Whether some type parameter makes bounds necessary.
    pub(crate) fn has_type_params(&self) -> bool {
        self.generics.type_params().next().is_some()
    }
}

/// `::gcycle`.
fn default_crate_path() -> Path {
    let mut path = Path::from(Ident::new("gcycle", Span::call_site()));
    path.leading_colon = Some(PathSep::default());
    path
}

impl<'a> Variant<'a> {
    fn new(variant: &'a parse::Variant, errors: &mut Errors) -> Self {
        let attributes = Attributes::read(&variant.attributes, Position::Variant, errors);
        let skipped = attributes.skip.is_some();
        let fields = read_fields(&variant.fields, Some((&variant.ident, skipped)), errors);
        Variant { ident: &variant.ident, attributes, fields }
    }
}

impl Role {
    fn of(attributes: &Attributes, ty: &FieldType, in_skipped_variant: bool) -> Role {
        if in_skipped_variant || attributes.skip.is_some() {
            Role::LeftOut
        } else if attributes.acyclic.is_some() {
            Role::Acyclic
        } else if attributes.unsafe_with.is_some() {
            Role::TracedWith
        } else if ty::field_is_plain_data(ty) {
            Role::LeftOut
        } else if ty::field_holds_functions(ty) {
            Role::Acyclic
        } else {
            Role::Traced
        }
    }
}

fn read_fields<'a>(
    fields: &'a [parse::Field],
    variant: Option<(&Ident, bool)>,
    errors: &mut Errors,
) -> Vec<Field<'a>> {
    let in_skipped_variant = variant.is_some_and(|(_, skipped)| skipped);
    let read = |(position, field): (usize, &'a parse::Field)| {
        let attributes = Attributes::read(&field.attributes, Position::Field, errors);
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index::from(position)),
        };
        let role = Role::of(&attributes, &field.ty, in_skipped_variant);
        let label = label(variant.map(|(ident, _)| ident), &member, &attributes);
        Field { member, position, label, attributes, ty: &field.ty, role, in_skipped_variant }
    };
    fields.iter().enumerate().map(read).collect()
}

/// `left`, `0`, `Circle.center`, or what `name` says.
fn label(variant: Option<&Ident>, member: &Member, attributes: &Attributes) -> String {
    if let Some(name) = &attributes.name {
        return name.value.clone();
    }
    let own = match member {
        Member::Named(ident) => unraw(ident),
        Member::Unnamed(index) => index.index.to_string(),
    };
    match variant {
        Some(variant) => format!("{}.{own}", unraw(variant)),
        None => own,
    }
}

/// The name as people say it: `type` and not `r#type`.
fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    match name.strip_prefix("r#") {
        Some(name) => name.to_owned(),
        None => name,
    }
}

/// The lints that `attribute` allows. Where they are expected, it is the type that
/// has to meet that.
fn allowed_lints(attribute: &Attribute) -> Option<TokenStream> {
    let list = attribute.meta.require_list().ok()?;
    let lints = &list.tokens;
    let allows = list.path.is_ident("allow") || list.path.is_ident("expect");
    allows.then(|| quote!(#[allow(#lints)]))
}

fn find_packed(attribute: &Attribute) -> Option<Span> {
    if !attribute.path().is_ident("repr") {
        return None;
    }
    let mut packed = None;
    // What else is wrong with a `repr` is the compiler's to say.
    let _ = attribute.parse_nested_meta(|meta| {
        if let Some(word) = meta.path.get_ident().filter(|word| *word == "packed") {
            packed = Some(word.span());
        }
        if meta.input.peek(syn::token::Paren) { meta.parse_nested_meta(|_| Ok(())) } else { Ok(()) }
    });
    packed
}
