//! Snapshots as pictures and files: DOT, SVG, an interactive page, and files for the
//! DevTools of a browser.
//!
//! It imports from all other rooms of `inspect/`.
//!
//! Invariant: every text that comes from a program is
//! [harmless](super::snapshot::harmless::Harmless), and escaped for the format that it is written
//! in.

pub(crate) mod devtools;
mod devtools_sites;
mod devtools_strings;
pub(crate) mod dot;
pub(crate) mod drawing;
pub(crate) mod html;
#[cfg(feature = "inspect-svg")]
mod labels;
#[cfg(feature = "inspect-svg")]
mod layout;
#[cfg(feature = "inspect-svg")]
mod lines;
mod page_data;
#[cfg(feature = "sites")]
mod page_sites;
#[cfg(feature = "pprof")]
pub(crate) mod pprof;
#[cfg(feature = "pprof")]
mod pprof_format;
#[cfg(feature = "inspect-svg")]
pub(crate) mod svg;
