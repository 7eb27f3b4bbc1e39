//! The input: HTML files, or the pages that come with the project.

use core::fmt;
use core::str::Utf8Error;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Where the pages are that are read when no file is named.
const OWN_PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");

/// The largest file that is read. The parser keeps each piece of text in at most
/// 4 GiB, and a character may take thrice as much there as in the source.
const LARGEST: u64 = 1 << 30;

/// The text of one file.
pub(crate) struct Page {
    /// Where it is from.
    pub(crate) path: PathBuf,
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
    TooLarge,
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
            Reason::TooLarge => f.write_str("is larger than 1 GiB"),
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
    Ok(Page { path: path.into(), html })
}

fn read_text(path: &Path) -> Result<String, Reason> {
    if path.is_dir() {
        return Err(Reason::Directory);
    }
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Reason::Missing,
        _ => Reason::Unreadable(error),
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > LARGEST {
        return Err(Reason::TooLarge);
    }
    // A pipe or a device does not say how much will come.
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.is_empty() {
        return Err(Reason::Empty);
    }
    if bytes.len() as u64 > LARGEST {
        return Err(Reason::TooLarge);
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
