//! From `#[trace(...)]` to [`Attributes`], which remember where they were written.
//!
//! The parser continues after a mistake: a word that is unknown, misplaced, repeated or
//! without its value is reported, and the next one is read. The attributes of other
//! collectors are registered as helpers of this derive, so that the compiler lets them
//! through; the error for one names the word that has the same effect here.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Meta, Path, Token, WherePredicate};

use crate::diag::{self, Errors, Position};
use crate::spelling::{self, WORDS};

/// A value and the word that introduced it.
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// The words of all `#[trace(...)]` on one type, variant or field.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) acyclic: Option<Span>,
    pub(crate) bound: Option<Spanned<Vec<WherePredicate>>>,
    pub(crate) crate_path: Option<Path>,
    /// With a function, or else with `Display`.
    pub(crate) describe: Option<Spanned<Option<Path>>>,
    pub(crate) finalize: Option<Span>,
    pub(crate) movable: Option<Span>,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) shared: Option<Span>,
    pub(crate) skip: Option<Span>,
    pub(crate) unsafe_drop: Option<Span>,
    pub(crate) unsafe_with: Option<Spanned<Path>>,
    /// A `crate = ...` that was not understood: where the traits are is unknown.
    pub(crate) crate_path_is_lost: bool,
    /// The words seen so far, understood or not.
    seen: Vec<&'static str>,
}

impl Attributes {
    /// Reads the attributes of the thing at `position`.
    pub(crate) fn read(on: &[Attribute], position: Position, errors: &mut Errors) -> Attributes {
        let mut attributes = Attributes::default();
        for attribute in on {
            if attribute.path().is_ident("trace") {
                attributes.read_one(&attribute.meta, position, errors);
            } else if let Some((found, instead)) = spelling::of_a_peer(&attribute.meta, position) {
                errors.on(&attribute.meta, diag::foreign_attribute(&found, &instead));
            }
        }
        attributes
    }

    /// The words that say something about a field that is traced, with their
    /// places.
    pub(crate) fn words_for_tracing(&self) -> impl Iterator<Item = (&'static str, Span)> {
        [
            ("bound", self.bound.as_ref().map(|bound| bound.span)),
            ("name", self.name.as_ref().map(|name| name.span)),
            ("unsafe_with", self.unsafe_with.as_ref().map(|with| with.span)),
        ]
        .into_iter()
        .filter_map(|(word, span)| Some((word, span?)))
    }

    fn read_one(&mut self, meta: &Meta, position: Position, errors: &mut Errors) {
        match meta {
            Meta::List(list) if list.tokens.is_empty() => errors.on(meta, diag::empty_list()),
            Meta::List(list) => {
                let read = |input: ParseStream<'_>| {
                    self.read_words(input, position, errors);
                    Ok(())
                };
                if let Err(error) = read.parse2(list.tokens.clone()) {
                    errors.at(error.span(), error.to_string());
                }
            }
            Meta::Path(_) | Meta::NameValue(_) => errors.on(meta, diag::no_list()),
        }
    }

    fn read_words(&mut self, input: ParseStream<'_>, position: Position, errors: &mut Errors) {
        while !input.is_empty() {
            let result = self.read_word(input, position, errors);
            let rest = skip_to_comma(input);
            match result {
                Ok(true) if !rest.is_empty() => errors.on(rest, diag::comma_wanted()),
                Ok(_) => {}
                Err(error) => errors.at(error.span(), error.to_string()),
            }
        }
    }

    /// Reads one word with its value; false if it was not understood and what
    /// follows need not make sense.
    fn read_word(
        &mut self,
        input: ParseStream<'_>,
        position: Position,
        errors: &mut Errors,
    ) -> syn::Result<bool> {
        let Ok(ident) = input.call(Ident::parse_any) else {
            return Err(input.error(diag::not_a_word()));
        };
        let name = ident.to_string();
        let Some(word) = WORDS.iter().find(|word| word.name == name) else {
            errors.at(ident.span(), spelling::explain_unknown(&name, position));
            return Ok(false);
        };
        if !word.positions.contains(&position) {
            let message = diag::misplaced_word(word.name, position, word.positions);
            errors.at(ident.span(), message);
            return Ok(false);
        }
        if self.seen.contains(&word.name) {
            errors.at(ident.span(), diag::duplicate_word(word.name, position));
            return Ok(false);
        }
        self.seen.push(word.name);
        self.read_value(&ident, word.name, input)?;
        Ok(true)
    }

    fn read_value(
        &mut self,
        word: &Ident,
        name: &'static str,
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        let span = word.span();
        match name {
            "acyclic" => flag(&mut self.acyclic, word, input),
            "finalize" => flag(&mut self.finalize, word, input),
            "movable" => flag(&mut self.movable, word, input),
            "shared" => flag(&mut self.shared, word, input),
            "skip" => flag(&mut self.skip, word, input),
            "unsafe_drop" => flag(&mut self.unsafe_drop, word, input),
            "bound" => {
                let value = predicates(&string(word, "T: Trace", input)?)?;
                self.bound = Some(Spanned { value, span });
                Ok(())
            }
            "name" => {
                let value = label(&string(word, "shown in heap tools", input)?)?;
                self.name = Some(Spanned { value, span });
                Ok(())
            }
            "describe" => {
                let has_value = input.peek(Token![=]) || input.peek(syn::token::Paren);
                let function = has_value.then(|| path(word, "path::to::function", input));
                self.describe = Some(Spanned { value: function.transpose()?, span });
                Ok(())
            }
            "unsafe_with" => {
                let value = path(word, "path::to::function", input)?;
                self.unsafe_with = Some(Spanned { value, span });
                Ok(())
            }
            "crate" => {
                self.crate_path_is_lost = true;
                self.crate_path = Some(path(word, "path::to::gcycle", input)?);
                self.crate_path_is_lost = false;
                Ok(())
            }
            _ => unreachable!("`WORDS` lists the words above"),
        }
    }
}

/// A word without a value.
fn flag(slot: &mut Option<Span>, word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    *slot = Some(word.span());
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), diag::no_value_wanted(&word.to_string())));
    }
    Ok(())
}

/// `= "..."`.
fn string(word: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let value = |input: ParseStream<'_>| {
        input.parse::<Token![=]>()?;
        input.parse::<LitStr>()
    };
    value(input)
        .map_err(|_| syn::Error::new(word.span(), diag::string_wanted(&word.to_string(), example)))
}

/// `= path`.
fn path(word: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<Path> {
    let value = |input: ParseStream<'_>| {
        input.parse::<Token![=]>()?;
        input.parse::<Path>()
    };
    value(input)
        .map_err(|_| syn::Error::new(word.span(), diag::path_wanted(&word.to_string(), example)))
}

/// The predicates in a `bound`, whose tokens all stand at the string. They may
/// be written with their `where`, as gc-arena wants it.
fn predicates(bound: &LitStr) -> syn::Result<Vec<WherePredicate>> {
    let parser = |input: ParseStream<'_>| {
        input.parse::<Option<Token![where]>>()?;
        Punctuated::<WherePredicate, Token![,]>::parse_terminated(input)
    };
    match bound.parse_with(parser) {
        Ok(predicates) => Ok(predicates.into_iter().collect()),
        Err(error) => Err(syn::Error::new(bound.span(), diag::bad_bound(&error))),
    }
}

/// The text of a `name`. Labels reach the runtime joined by `|`.
fn label(name: &LitStr) -> syn::Result<String> {
    let text = name.value();
    let message = if text.is_empty() {
        diag::empty_name()
    } else if let Some(bad) = text.chars().find(|&c| c == '|' || c.is_control()) {
        diag::bad_name(bad)
    } else {
        return Ok(text);
    };
    Err(syn::Error::new(name.span(), message))
}

/// Passes what is left before the next comma, and the comma.
///
/// After something like `|field, tracer|` there is no telling where the next
/// word begins, so all of it is passed.
fn skip_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut passed = TokenStream::new();
    let mut to_the_end = false;
    while let Ok(token) = input.parse::<TokenTree>() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' && !to_the_end => break,
            TokenTree::Punct(punct) => to_the_end |= punct.as_char() == '|',
            TokenTree::Group(group) => to_the_end |= group.delimiter() == Delimiter::Brace,
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        passed.extend([token]);
    }
    passed
}
