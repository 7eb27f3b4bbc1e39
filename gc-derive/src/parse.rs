//! Reads a type's definition as far as the derive needs it.
//!
//! `syn` parses every token of a type into a tree, and in the unoptimised build that a
//! macro gets by default, that alone costs a quarter of what all of `derive(Clone)` does.
//! Yet for most fields only a few names matter. So the tokens of a field's type are kept
//! as they are, and `syn` parses only what is examined closely: our attributes, generics,
//! and types that are generic or that a quick look cannot settle.
//!
//! The compiler has parsed the same tokens before and found them well formed, so
//! nothing here is an error.

use core::cell::OnceCell;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, GenericParam, Generics, Type};

use crate::cursor::Cursor;
use crate::spelling;

/// The definition of the type that derives `Trace`.
pub(crate) struct Input {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// Attributes of this derive and of its peers on parameters, where none
    /// belongs.
    pub(crate) on_parameters: Vec<Attribute>,
    pub(crate) data: Data,
}

/// What is defined.
pub(crate) enum Data {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
    /// Where the word `union` is.
    Union(Span),
}

/// A variant of an enum.
pub(crate) struct Variant {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) fields: Vec<Field>,
}

/// A field of a struct or of a variant.
pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ident: Option<Ident>,
    pub(crate) ty: FieldType,
}

/// The type of a field: its tokens, and the tree once someone wants it.
pub(crate) struct FieldType {
    tokens: Vec<TokenTree>,
    /// The names in it, in order.
    names: Vec<String>,
    tree: OnceCell<Type>,
}

impl FieldType {
    fn new(tokens: Vec<TokenTree>) -> Self {
        let mut names = Vec::new();
        collect_names(&tokens, &mut names);
        FieldType { tokens, names, tree: OnceCell::new() }
    }

    /// The type as a tree.
    pub(crate) fn tree(&self) -> &Type {
        self.tree.get_or_init(|| {
            syn::parse2(self.to_token_stream()).unwrap_or_else(|_| {
                // Syntax newer than `syn`.
                Type::Verbatim(self.to_token_stream())
            })
        })
    }

    /// Whether one of `names` stands in it.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        self.names.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Whether `is_meant` accepts each of the names in it.
    pub(crate) fn all_names(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        self.names.iter().all(|name| is_meant(name))
    }

    /// The type, if it is a single name.
    pub(crate) fn single_name(&self) -> Option<&str> {
        match (&*self.tokens, &*self.names) {
            ([TokenTree::Ident(_)], [name]) => Some(name),
            _ => None,
        }
    }

    /// The first name, if the type begins with one.
    pub(crate) fn leading_name(&self) -> Option<&str> {
        match self.tokens.first() {
            Some(TokenTree::Ident(_)) => self.names.first().map(String::as_str),
            _ => None,
        }
    }

    /// Where it begins and ends, for errors that point at all of it.
    pub(crate) fn ends(&self) -> (Span, Span) {
        let start = self.tokens.first().map_or_else(Span::call_site, |token| match token {
            TokenTree::Group(group) => group.span_open(),
            _ => token.span(),
        });
        let end = self.tokens.last().map_or(start, |token| match token {
            TokenTree::Group(group) => group.span_close(),
            _ => token.span(),
        });
        (start, end)
    }

    /// Whether it is one token, so that both ends are the same.
    pub(crate) fn is_one_token(&self) -> bool {
        self.tokens.len() == 1
    }
}

impl ToTokens for FieldType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.iter().cloned());
    }
}

fn collect_names(tokens: &[TokenTree], names: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => names.push(ident.to_string()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                collect_names(&inner, names);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Reads the definition in `tokens`; `None` if it is none.
pub(crate) fn parse(tokens: TokenStream) -> Option<Input> {
    let mut cursor = Cursor::new(tokens);
    let attributes = cursor.attributes();
    cursor.skip_visibility();
    let keyword = cursor.ident()?;
    let ident = cursor.ident()?;
    let mut generics: Generics = cursor.generics();
    let on_parameters = take_helpers(&mut generics);
    let (body, clause) = cursor.body_and_where_clause();
    generics.where_clause = clause;
    let data = match keyword.to_string().as_str() {
        "struct" => Data::Struct(body.map_or_else(Vec::new, |body| fields(&body))),
        "enum" => Data::Enum(variants(body?.stream())),
        "union" => Data::Union(keyword.span()),
        _ => return None,
    };
    Some(Input { attributes, ident, generics, on_parameters, data })
}

/// Takes from the parameters what the compiler does not know on an `impl`.
fn take_helpers(generics: &mut Generics) -> Vec<Attribute> {
    let mut helpers = Vec::new();
    for param in &mut generics.params {
        let attributes = match param {
            GenericParam::Lifetime(param) => &mut param.attrs,
            GenericParam::Type(param) => &mut param.attrs,
            GenericParam::Const(param) => &mut param.attrs,
        };
        helpers.extend(attributes.extract_if(.., |attribute| {
            attribute.path().get_ident().is_some_and(|name| spelling::is_helper(&name.to_string()))
        }));
    }
    helpers
}

/// The fields in braces or in parentheses.
fn fields(body: &Group) -> Vec<Field> {
    let is_named = body.delimiter() == Delimiter::Brace;
    let mut cursor = Cursor::new(body.stream());
    let mut fields = Vec::new();
    while !cursor.is_empty() {
        let attributes = cursor.attributes();
        cursor.skip_visibility();
        let ident = if is_named { cursor.ident() } else { None };
        if is_named {
            cursor.skip(':');
        }
        let ty = FieldType::new(cursor.type_tokens());
        fields.push(Field { attributes, ident, ty });
    }
    fields
}

fn variants(body: TokenStream) -> Vec<Variant> {
    let mut cursor = Cursor::new(body);
    let mut variants = Vec::new();
    while !cursor.is_empty() {
        let attributes = cursor.attributes();
        cursor.skip_visibility();
        let Some(ident) = cursor.ident() else { break };
        let fields = cursor.group().map_or_else(Vec::new, |body| fields(&body));
        cursor.skip_discriminant();
        variants.push(Variant { attributes, ident, fields });
    }
    variants
}
