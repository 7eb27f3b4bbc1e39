//! `string_cache` 0.11: atoms, which are leaves. The text of an atom belongs to a table that all
//! threads share.

use string_cache_0_11::Atom;

leaves! { {S} Atom<S> }
