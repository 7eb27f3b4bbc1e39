//! The words of `#[trace(...)]`, and suggestions for other words: the nearest of ours,
//! and the equivalents of the words and attributes of other collectors.

use proc_macro2::TokenTree;
use syn::Meta;

use crate::diag::{self, Position};

/// A word of the language and where it may stand.
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) positions: &'static [Position],
}

/// The language.
pub(crate) const WORDS: &[Word] = &[
    Word { name: "acyclic", positions: &[Position::Type, Position::Field] },
    Word { name: "bound", positions: &[Position::Type, Position::Field] },
    Word { name: "crate", positions: &[Position::Type] },
    Word { name: "describe", positions: &[Position::Type] },
    Word { name: "finalize", positions: &[Position::Type] },
    Word { name: "movable", positions: &[Position::Type] },
    Word { name: "name", positions: &[Position::Type, Position::Field] },
    Word { name: "shared", positions: &[Position::Type] },
    Word { name: "skip", positions: &[Position::Variant, Position::Field] },
    Word { name: "unsafe_drop", positions: &[Position::Type] },
    Word { name: "unsafe_with", positions: &[Position::Field] },
];

/// The words that take a value.
const VALUES: &[&str] = &["bound", "crate", "name", "unsafe_with"];

/// Words of other collectors, or of an earlier idea, and what to write here.
const FOREIGN_WORDS: &[(&[&str], &str)] = &[
    (
        &["ignore", "ignore_trace", "unsafe_ignore_trace", "unsafe_skip", "skip_scan"],
        "write `#[trace(skip)]`, which is safe",
    ),
    (&["unsafe_skip_trace", "unsafe_skip_all"], "write `#[trace(skip)]`, which is safe"),
    (
        &["require_static"],
        "write `#[trace(skip)]` on the field; `Gc::new` requires that a value is `'static`",
    ),
    (&["with"], "write `#[trace(unsafe_with = path)]`"),
    (
        &["tracking"],
        "write `#[trace(acyclic)]` for a type that cannot be part of a cycle; \
         the derive finds out whether to track any other",
    ),
    (&["leaf", "untracked"], "write `#[trace(acyclic)]`"),
    (
        &["empty_trace", "unsafe_empty_trace"],
        "nothing is needed: a type without a `Gc` is not tracked",
    ),
    (
        &["no_drop"],
        "nothing is needed: a type that derives `Trace` cannot implement `Drop` \
         without `#[trace(unsafe_drop)]`",
    ),
    (
        &["unsafe_no_drop", "unsafe_skip_drop", "unsafe_skip_gc_drop"],
        "write `#[trace(unsafe_drop)]` on the type",
    ),
    (&["display", "repr"], "write `#[trace(describe)]` on a type that implements `Display`"),
    (&["label", "rename"], "write `#[trace(name = \"...\")]`"),
    (&["bounds", "where"], "write `#[trace(bound = \"...\")]`"),
];

/// Attributes of other collectors that the derive is registered for.
const PEERS: &[&str] = &[
    "boa_gc",
    "collect",
    "dumpster",
    "ignore_trace",
    "rust_cc",
    "shredder",
    "unsafe_ignore_trace",
    "zerogc",
];

/// Whether the attribute of that name is the derive's, or answered by it.
pub(crate) fn is_helper(attribute: &str) -> bool {
    attribute == "trace" || PEERS.contains(&attribute)
}

/// Whether the derive reads the attribute of that name.
pub(crate) fn is_read(attribute: &str) -> bool {
    is_helper(attribute) || ["allow", "deprecated", "expect", "repr"].contains(&attribute)
}

/// What to write instead of an attribute of another collector: its name, and a
/// sentence.
pub(crate) fn of_a_peer(meta: &Meta, position: Position) -> Option<(String, String)> {
    let peer = meta.path().get_ident()?.to_string();
    if !PEERS.contains(&peer.as_str()) {
        return None;
    }
    let word = match meta {
        Meta::List(list) => match list.tokens.clone().into_iter().next() {
            Some(TokenTree::Ident(word)) => word.to_string(),
            _ => String::new(),
        },
        Meta::Path(_) | Meta::NameValue(_) => peer.clone(),
    };
    let instead = if let Some(foreign) = foreign_word(&word) {
        foreign.to_owned()
    } else if WORDS.iter().any(|ours| ours.name == word) {
        diag::same_word(&word, VALUES.contains(&word.as_str()))
    } else {
        diag::words_to_choose_from(position, words_on(position))
    };
    let found = if word == peer || word.is_empty() { peer } else { format!("{peer}({word})") };
    Some((found, instead))
}

/// The message for a word that is not one of ours.
pub(crate) fn explain_unknown(found: &str, position: Position) -> String {
    match foreign_word(found) {
        Some(instead) => diag::foreign_word(found, instead),
        None => diag::unknown_word(found, position, nearest(found, position), words_on(position)),
    }
}

fn foreign_word(found: &str) -> Option<&'static str> {
    let known = FOREIGN_WORDS.iter().find(|(words, _)| words.contains(&found));
    known.map(|&(_, instead)| instead)
}

fn words_on(position: Position) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |word| word.positions.contains(&position)).map(|word| word.name)
}

/// The word that `found` is a slip away from. One that fits the position wins.
fn nearest(found: &str, position: Position) -> Option<&'static str> {
    let tolerance = (found.chars().count() / 3).clamp(1, 3);
    WORDS
        .iter()
        .map(|word| (distance(found, word.name), !word.positions.contains(&position), word.name))
        .filter(|&(slips, ..)| slips <= tolerance)
        .min()
        .map(|(.., name)| name)
}

/// The number of letters to insert, remove, replace or swap with their neighbour
/// to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if swapped {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};
    use crate::diag::Position;

    #[test]
    fn the_distance_counts_slips_of_the_finger() {
        assert_eq!(distance("skip", "skip"), 0);
        assert_eq!(distance("skp", "skip"), 1);
        assert_eq!(distance("sikp", "skip"), 1);
        assert_eq!(distance("acylic", "acyclic"), 1);
        assert_eq!(distance("", "name"), 4);
        assert_eq!(distance("finalise", "finalize"), 1);
    }

    #[test]
    fn a_near_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("skp", Position::Field), Some("skip"));
        assert_eq!(nearest("finalise", Position::Type), Some("finalize"));
        assert_eq!(nearest("unsafedrop", Position::Type), Some("unsafe_drop"));
        assert_eq!(nearest("frobnicate", Position::Type), None);
    }
}
