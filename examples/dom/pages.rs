//! The input: HTML files, or the pages that come with the project.

use core::fmt;
use core::str::Utf8Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the pages are that are read when no file is named.
const OWN_PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");

/// The text of one file.
pub(crate) struct Page {
    /// The HTML.
    pub(crate) html: String,
}

/// A file that cannot be used.
#[derive(Debug)]
pub(crate) struct Unusable {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Missing,
    Directory,
    Empty,
    NotUtf8(Utf8Error),
    NoPages,
    Unreadable(io::Error),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.reason {
            Reason::Missing => f.write_str("no such file"),
            Reason::Directory => f.write_str("is a directory, not an HTML file"),
            Reason::Empty => f.write_str("is empty"),
            Reason::NotUtf8(error) => {
                write!(f, "is not UTF-8 from byte {} on", error.valid_up_to())
            }
            Reason::NoPages => f.write_str("contains no HTML files"),
            Reason::Unreadable(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl core::error::Error for Unusable {}

/// Reads one file.
pub(crate) fn read(path: &Path) -> Result<Page, Unusable> {
    let html = read_text(path).map_err(|reason| Unusable { path: path.into(), reason })?;
    Ok(Page { html })
}

fn read_text(path: &Path) -> Result<String, Reason> {
    if path.is_dir() {
        return Err(Reason::Directory);
    }
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Reason::Missing,
        _ => Reason::Unreadable(error),
    })?;
    if bytes.is_empty() {
        return Err(Reason::Empty);
    }
    String::from_utf8(bytes).map_err(|error| Reason::NotUtf8(error.utf8_error()))
}

/// The files that come with the project, in the order of their names.
pub(crate) fn own_pages() -> Result<Vec<PathBuf>, Unusable> {
    let unusable = |reason| Unusable { path: OWN_PAGES.into(), reason };
    let entries = fs::read_dir(OWN_PAGES).map_err(|error| unusable(Reason::Unreadable(error)))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(|error| unusable(Reason::Unreadable(error)))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    paths.sort();
    if paths.is_empty() { Err(unusable(Reason::NoPages)) } else { Ok(paths) }
}
