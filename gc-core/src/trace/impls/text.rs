//! Text in all its encodings, paths, and the errors of parsing them: leaves.

use alloc::ffi::{CString, FromVecWithNulError, IntoStringError, NulError};
use alloc::string::{FromUtf8Error, FromUtf16Error, String};
use core::ascii;
use core::char;
use core::ffi::{CStr, FromBytesUntilNulError, FromBytesWithNulError, c_void};
use core::str::{
    Bytes, CharIndices, Chars, EncodeUtf16, EscapeDebug, EscapeDefault, EscapeUnicode, Lines,
    ParseBoolError, SplitAsciiWhitespace, SplitWhitespace, Utf8Chunk, Utf8Chunks, Utf8Error,
};
use std::ffi::{OsStr, OsString};
use std::path::{
    self, Ancestors, Component, Components, Path, PathBuf, Prefix, PrefixComponent,
    StripPrefixError,
};

leaves! {
    displayed:
    String => owns |this| this.capacity(),
}

leaves! {
    quiet:
    CString => owns |this| this.as_bytes_with_nul().len(),
    OsString => owns |this| this.capacity(),
    PathBuf => owns |this| this.capacity(),
}

leaves! {
    quiet:
    FromUtf8Error => owns |this| this.as_bytes().len(),
    NulError, IntoStringError, FromVecWithNulError,
}

leaves! {
    FromUtf16Error, Utf8Error, ParseBoolError, FromBytesWithNulError, FromBytesUntilNulError,
    c_void, StripPrefixError,
}

unsized_leaves! { str, CStr, OsStr, Path }

leaves! {
    Chars<'_>, CharIndices<'_>, Bytes<'_>, Lines<'_>, SplitWhitespace<'_>,
    SplitAsciiWhitespace<'_>, EncodeUtf16<'_>, EscapeDebug<'_>, EscapeDefault<'_>,
    EscapeUnicode<'_>, Utf8Chunk<'_>, Utf8Chunks<'_>,
    char::EscapeDebug, char::EscapeDefault, char::EscapeUnicode, ascii::EscapeDefault,
    Ancestors<'_>, Component<'_>, Components<'_>, path::Iter<'_>,
    path::Display<'_>, Prefix<'_>, PrefixComponent<'_>,
}
