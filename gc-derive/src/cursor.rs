//! A place in a list of tokens, and what a definition consists of from there.
//!
//! This is the small part of Rust's grammar that tells where one field ends and
//! the next begins. What lies between is handed over as tokens, or to `syn`.

use core::iter::Peekable;

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree, token_stream};
use syn::parse::{Parse, Parser as _};
use syn::{Attribute, Generics, WhereClause};

use crate::spelling;

/// A place in a list of tokens.
pub(crate) struct Cursor {
    tokens: Peekable<token_stream::IntoIter>,
}

impl Cursor {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        Cursor { tokens: tokens.into_iter().peekable() }
    }

    pub(crate) fn is_empty(&mut self) -> bool {
        self.tokens.peek().is_none()
    }

    fn is_at(&mut self, punct: char) -> bool {
        matches!(self.tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == punct)
    }

    /// Passes `punct` if it is next.
    pub(crate) fn skip(&mut self, punct: char) -> bool {
        let is_next = self.is_at(punct);
        if is_next {
            self.tokens.next();
        }
        is_next
    }

    pub(crate) fn ident(&mut self) -> Option<Ident> {
        match self.tokens.next_if(|token| matches!(token, TokenTree::Ident(_)))? {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn group(&mut self) -> Option<Group> {
        match self.tokens.next_if(|token| matches!(token, TokenTree::Group(_)))? {
            TokenTree::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The attributes that the derive reads; others are passed.
    pub(crate) fn attributes(&mut self) -> Vec<Attribute> {
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

    pub(crate) fn skip_visibility(&mut self) {
        let is_pub = |token: &TokenTree| match token {
            TokenTree::Ident(ident) => ident == "pub",
            // A `$vis` of a macro.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                is_empty_or_pub(group.stream())
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

    pub(crate) fn generics(&mut self) -> Generics {
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
    pub(crate) fn body_and_where_clause(&mut self) -> (Option<Group>, Option<WhereClause>) {
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
    pub(crate) fn type_tokens(&mut self) -> Vec<TokenTree> {
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
    pub(crate) fn skip_discriminant(&mut self) {
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

/// Whether a `$vis` of a macro holds `tokens`, and not a `$ty`, which is never
/// empty.
fn is_empty_or_pub(tokens: TokenStream) -> bool {
    match tokens.into_iter().next() {
        None => true,
        Some(TokenTree::Ident(ident)) => ident == "pub",
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
            is_empty_or_pub(group.stream())
        }
        Some(_) => false,
    }
}

fn parsed<T: Parse>(tokens: Vec<TokenTree>) -> Option<T> {
    syn::parse2(tokens.into_iter().collect()).ok()
}
