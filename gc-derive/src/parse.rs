//! Reads a type's definition as far as the derive needs it.
//!
//! `syn` parses every token of a type into a tree, and in the unoptimised build
//! that a macro gets by default, that alone costs a quarter of what all of
//! `derive(Clone)` does. Yet of most fields nothing is asked but a few names. So
//! the tokens of a field's type are kept as they are, and `syn` parses what is
//! looked into: attributes of ours, generics, and types that are generic or that
//! a quick look cannot settle.
//!
//! The compiler has parsed the same tokens before and found them well formed, so
//! nothing here is an error.

use core::cell::OnceCell;
use core::iter::Peekable;

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree, token_stream};
use quote::ToTokens;
use syn::parse::{Parse, Parser as _};
use syn::{Attribute, Generics, Type, WhereClause};

use crate::spelling;

/// The definition of the type that derives `Trace`.
pub(crate) struct Input {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
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
    let (body, clause) = cursor.body_and_where_clause();
    generics.where_clause = clause;
    let data = match keyword.to_string().as_str() {
        "struct" => Data::Struct(body.map_or_else(Vec::new, |body| fields(&body))),
        "enum" => Data::Enum(variants(body?.stream())),
        "union" => Data::Union(keyword.span()),
        _ => return None,
    };
    Some(Input { attributes, ident, generics, data })
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

/// A place in a list of tokens.
struct Cursor {
    tokens: Peekable<token_stream::IntoIter>,
}

impl Cursor {
    fn new(tokens: TokenStream) -> Self {
        Cursor { tokens: tokens.into_iter().peekable() }
    }

    fn is_empty(&mut self) -> bool {
        self.tokens.peek().is_none()
    }

    fn is_at(&mut self, punct: char) -> bool {
        matches!(self.tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == punct)
    }

    /// Passes `punct` if it is next.
    fn skip(&mut self, punct: char) -> bool {
        let is_next = self.is_at(punct);
        if is_next {
            self.tokens.next();
        }
        is_next
    }

    fn ident(&mut self) -> Option<Ident> {
        match self.tokens.next_if(|token| matches!(token, TokenTree::Ident(_)))? {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    fn group(&mut self) -> Option<Group> {
        match self.tokens.next_if(|token| matches!(token, TokenTree::Group(_)))? {
            TokenTree::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The attributes that the derive reads; others are passed.
    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.is_at('#') {
            let Some(hash) = self.tokens.next() else {
                break;
            };
            let Some(group) = self.group() else { break };
            if first_name(group.stream()).is_some_and(|name| spelling::is_read(&name)) {
                let tokens = TokenStream::from_iter([hash, TokenTree::Group(group)]);
                attributes.extend(Attribute::parse_outer.parse2(tokens).into_iter().flatten());
            }
        }
        attributes
    }

    fn skip_visibility(&mut self) {
        let is_pub = |token: &TokenTree| match token {
            TokenTree::Ident(ident) => ident == "pub",
            // A `$vis` of a macro.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                first_name(group.stream()).is_none_or(|name| name == "pub")
            }
            _ => false,
        };
        let is_restriction = |token: &TokenTree| match token {
            // And not the tuple of `pub (A, B)`.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let mut inside = group.stream().into_iter();
                let first = inside.next().map(|token| token.to_string()).unwrap_or_default();
                let is_alone = inside.next().is_none();
                first == "in" || is_alone && ["crate", "self", "super"].contains(&first.as_str())
            }
            _ => false,
        };
        if self.tokens.next_if(is_pub).is_some() {
            self.tokens.next_if(is_restriction);
        }
    }

    fn generics(&mut self) -> Generics {
        if !self.is_at('<') {
            return Generics::default();
        }
        let mut tokens = Vec::new();
        let mut angles = Angles::default();
        for token in self.tokens.by_ref() {
            angles.see(&token);
            tokens.push(token);
            if angles.depth == 0 {
                break;
            }
        }
        parsed(tokens).unwrap_or_default()
    }

    /// The fields or variants, and the where-clause before or behind them.
    fn body_and_where_clause(&mut self) -> (Option<Group>, Option<WhereClause>) {
        let parentheses = self.tokens.next_if(
            |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis),
        );
        let mut rest: Vec<TokenTree> = self.tokens.by_ref().collect();
        let last = rest.pop();
        let body = match (parentheses, last) {
            (Some(TokenTree::Group(fields)), _) | (None, Some(TokenTree::Group(fields))) => {
                Some(fields)
            }
            _ => None,
        };
        let clause = if rest.is_empty() { None } else { parsed(rest) };
        (body, clause)
    }

    /// The tokens of a type, up to the comma behind it, which is passed.
    fn type_tokens(&mut self) -> Vec<TokenTree> {
        let mut tokens = Vec::new();
        let mut angles = Angles::default();
        while !(angles.depth == 0 && (self.is_at(',') || self.is_at('='))) {
            let Some(token) = self.tokens.next() else {
                break;
            };
            angles.see(&token);
            tokens.push(token);
        }
        self.skip_discriminant();
        tokens
    }

    /// Passes what is left up to the next comma that a field or a variant
    /// follows, and that comma. In `= A::<B, C>::D` the first is none.
    fn skip_discriminant(&mut self) {
        if self.skip(',') || self.is_empty() {
            return;
        }
        let mut angles = Angles::default();
        let mut before = None;
        for token in self.tokens.by_ref() {
            if let TokenTree::Punct(punct) = &token {
                match punct.as_char() {
                    ',' if angles.depth == 0 => return,
                    // `::<` and not `a < b`.
                    '<' if before == Some(':') || angles.depth > 0 => angles.see(&token),
                    '>' => angles.see(&token),
                    _ => {}
                }
                before = Some(punct.as_char());
            } else {
                before = None;
            }
        }
    }
}

/// Counts `<` and `>`, but not the arrow of `fn() -> T`.
#[derive(Default)]
struct Angles {
    depth: usize,
    after_minus: bool,
}

impl Angles {
    fn see(&mut self, token: &TokenTree) {
        let was_minus = self.after_minus;
        self.after_minus = false;
        if let TokenTree::Punct(punct) = token {
            match punct.as_char() {
                '<' => self.depth += 1,
                '>' if !was_minus => self.depth = self.depth.saturating_sub(1),
                '-' => self.after_minus = punct.spacing() == Spacing::Joint,
                _ => {}
            }
        }
    }
}

/// The first name in `tokens`, through the invisible groups of macros.
fn first_name(tokens: TokenStream) -> Option<String> {
    match tokens.into_iter().next()? {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            first_name(group.stream())
        }
        _ => None,
    }
}

fn parsed<T: Parse>(tokens: Vec<TokenTree>) -> Option<T> {
    syn::parse2(tokens.into_iter().collect()).ok()
}
