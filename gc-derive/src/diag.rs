//! Every message of the derive, and the accumulator that collects them.
//!
//! A derive that stops at its first error makes people compile once for each mistake.
//! Here each step reports to [`Errors`] and continues with what it understood; all
//! messages are emitted together at the end.
//!
//! The texts are in one place so that they are worded alike: what was found, where it
//! belongs, what to write instead.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one invocation.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
}

impl Errors {
    /// Reports `message` at `span`.
    pub(crate) fn at(&mut self, span: Span, message: String) {
        self.all.push(syn::Error::new(span, message));
    }

    /// Reports `message` at all of `tokens`.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: String) {
        self.all.push(syn::Error::new_spanned(tokens, message));
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One `compile_error!` for each error.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// What an attribute is written on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Type,
    Variant,
    Field,
}

impl Position {
    /// With an article, as the messages say it.
    fn phrase(self) -> &'static str {
        match self {
            Position::Type => "the type",
            Position::Variant => "a variant",
            Position::Field => "a field",
        }
    }
}

/// `a`, `a or b`, `a, b or c`; each thing in backquotes if `quoted`.
fn either(things: impl IntoIterator<Item = &'static str>, quoted: bool) -> String {
    let quote = if quoted { "`" } else { "" };
    let things: Vec<String> =
        things.into_iter().map(|thing| format!("{quote}{thing}{quote}")).collect();
    match things.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

// Words and their positions.

pub(crate) fn unknown_word(
    found: &str,
    on: Position,
    meant: Option<&str>,
    words: impl IntoIterator<Item = &'static str>,
) -> String {
    let words = either(words, true);
    let on = on.phrase();
    match meant {
        Some(meant) => {
            format!(
                "unknown `#[trace]` word `{found}`; did you mean `{meant}`? \
                 ({on} takes {words})"
            )
        }
        None => format!("unknown `#[trace]` word `{found}`; {on} takes {words}"),
    }
}

pub(crate) fn foreign_word(found: &str, instead: &str) -> String {
    format!("`{found}` is not a `#[trace]` word; {instead}")
}

pub(crate) fn same_word(word: &str, has_value: bool) -> String {
    let value = if has_value { " = ..." } else { "" };
    format!("write `#[trace({word}{value})]`")
}

pub(crate) fn words_to_choose_from(
    on: Position,
    words: impl IntoIterator<Item = &'static str>,
) -> String {
    format!("`#[trace(...)]` on {} takes {}", on.phrase(), either(words, true))
}

pub(crate) fn misplaced_word(found: &str, on: Position, belongs: &[Position]) -> String {
    let belongs = either(belongs.iter().map(|position| position.phrase()), false);
    let instead = match (found, on) {
        ("skip", Position::Type) => {
            "; for a type that cannot be part of a cycle, write `#[trace(acyclic)]`"
        }
        _ => "",
    };
    format!("`{found}` goes on {belongs}, not on {}{instead}", on.phrase())
}

pub(crate) fn on_a_parameter() -> String {
    "attributes of `derive(Trace)` go on the type, a variant or a field, not on a parameter"
        .to_owned()
}

pub(crate) fn duplicate_word(found: &str, on: Position) -> String {
    let on = match on {
        Position::Type => "type",
        Position::Variant => "variant",
        Position::Field => "field",
    };
    format!("`{found}` is given twice on this {on}")
}

pub(crate) fn foreign_attribute(found: &str, instead: &str) -> String {
    format!("`#[{found}]` belongs to another collector; {instead}")
}

// The shape of an attribute.

pub(crate) fn no_list() -> String {
    "`#[trace]` takes words in parentheses, as in `#[trace(skip)]`".to_owned()
}

pub(crate) fn empty_list() -> String {
    "`#[trace()]` has no effect; remove it, or give it a word, as in `#[trace(skip)]`".to_owned()
}

pub(crate) fn not_a_word() -> String {
    "expected a word, as in `#[trace(skip)]`".to_owned()
}

pub(crate) fn no_value_wanted(word: &str) -> String {
    format!("`{word}` stands alone and takes no value")
}

pub(crate) fn string_wanted(word: &str, example: &str) -> String {
    format!("`{word}` takes a string: `{word} = \"{example}\"`")
}

pub(crate) fn path_wanted(word: &str, example: &str) -> String {
    format!("`{word}` takes a path without quotes: `{word} = {example}`")
}

pub(crate) fn comma_wanted() -> String {
    "expected `,` between the words of `#[trace(...)]`".to_owned()
}

pub(crate) fn bad_bound(error: &syn::Error) -> String {
    format!("`bound` takes where-predicates, as in `bound = \"T: Trace\"`: {error}")
}

pub(crate) fn empty_name() -> String {
    "`name` is what heap tools show; it cannot be empty".to_owned()
}

pub(crate) fn bad_name(character: char) -> String {
    format!("`name` cannot contain `{}`", character.escape_default())
}

// Rules across attributes and fields.

pub(crate) fn union() -> String {
    "`Trace` cannot be derived for a union: only its owner knows which field is alive; \
     implement `Trace` by hand"
        .to_owned()
}

pub(crate) fn packed() -> String {
    "`Trace` cannot be derived for a packed type: its fields cannot be borrowed to be traced; \
     put `#[trace(skip)]` on them or remove `packed`"
        .to_owned()
}

pub(crate) fn packed_and_movable() -> String {
    "a packed type cannot be `movable`: its fields cannot be borrowed to be asked; remove `packed`"
        .to_owned()
}

pub(crate) fn useless_on_skipped(word: &str, skipped: &str) -> String {
    format!("`{word}` has no effect on a field that `{skipped}` leaves out")
}

pub(crate) fn useless_in_skipped_variant(word: &str) -> String {
    format!("`{word}` has no effect in a variant that `skip` leaves out")
}

pub(crate) fn acyclic_and_unsafe_with() -> String {
    "`acyclic` leaves the field out and `unsafe_with` traces it; use one of them".to_owned()
}

pub(crate) fn conflicts_with_shared(word: &str) -> String {
    format!("`{word}` does not go together with `shared`; remove one of them")
}

pub(crate) fn bound_on_both() -> String {
    "`bound` on the type replaces all inferred bounds, so `bound` on a field has no effect; \
     move it to the type"
        .to_owned()
}

pub(crate) fn leads_back(owner: &str) -> String {
    format!(
        "this field can lead back to `{owner}`, so `{owner}` is not acyclic; \
         remove `#[trace(acyclic)]`, or make this a `Weak`"
    )
}

pub(crate) fn hidden_bounds() -> String {
    "the bounds of this field cannot be inferred, because its type is written as a macro; \
     add `#[trace(bound = \"...\")]` to the field"
        .to_owned()
}
