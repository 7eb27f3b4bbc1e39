//! The heap as one interactive page, which needs nothing but a browser.
//!
//! The page is made of the files in `assets`: its markup, its style, and the program,
//! which is split by what it shows. The heap goes in as JSON: see [`Heap`]. The browser
//! finds paths and referrers; retained sizes are computed here. The page loads nothing,
//! and its content security policy forbids it to.

use alloc::string::{String, ToString};
use std::io::{self, BufWriter, Write};

use crate::inspect::pictures::page_data::Heap;
use crate::inspect::reports::recording::Recording;
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;

const PAGE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");
/// The program, in the order in which it is run.
const PROGRAM: [&str; 13] = [
    include_str!("assets/heap.js"),
    include_str!("assets/elements.js"),
    include_str!("assets/table.js"),
    include_str!("assets/ways.js"),
    include_str!("assets/census.js"),
    include_str!("assets/lists.js"),
    include_str!("assets/dominators.js"),
    include_str!("assets/treemap.js"),
    include_str!("assets/growth.js"),
    include_str!("assets/sites.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/details.js"),
    include_str!("assets/page.js"),
];

/// The settings of the page that [`HeapSnapshot::to_html`] writes.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::{HeapSnapshot, HtmlPage}};
///
/// let before = HeapSnapshot::capture();
/// let _leak = Gc::new([0_u8; 64]);
/// let after = HeapSnapshot::capture();
///
/// let page = HtmlPage::new("Editor after ten minutes").compared_with(&before);
/// let mut html = Vec::new();
/// after.to_html(&page, &mut html)?;
/// # assert!(html.starts_with(b"<!doctype html>"));
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Debug)]
pub struct HtmlPage<'a> {
    title: String,
    earlier: Option<&'a HeapSnapshot>,
    recording: Option<&'a Recording>,
}

impl<'a> HtmlPage<'a> {
    /// The settings of a page with this title.
    #[must_use]
    pub fn new(title: impl Into<String>) -> HtmlPage<'a> {
        HtmlPage { title: title.into(), earlier: None, recording: None }
    }

    /// Makes the page also show what has grown since `earlier`.
    #[must_use]
    pub fn compared_with(mut self, earlier: &'a HeapSnapshot) -> HtmlPage<'a> {
        self.earlier = Some(earlier);
        self
    }

    /// Makes the page also show the heap over time: live bytes, garbage that was freed, and
    /// pauses, and what has grown between any two moments.
    ///
    /// ```
    /// use gcycle::{gc, inspect::{HeapSnapshot, HtmlPage, Interval, Recorder}};
    ///
    /// let recorder = Recorder::start(Interval::Collections(1));
    /// gc::collect();
    /// let recording = recorder.recording();
    /// let page = HtmlPage::new("Service").with_recording(&recording);
    /// HeapSnapshot::capture().to_html(&page, Vec::new())?;
    /// # std::io::Result::Ok(())
    /// ```
    #[must_use]
    pub fn with_recording(mut self, recording: &'a Recording) -> HtmlPage<'a> {
        self.recording = Some(recording);
        self
    }
}

impl HeapSnapshot {
    /// Writes an interactive page. It shows the census, a treemap of retained sizes, what
    /// has grown, and for each object its fields, its referrers, and why it is alive.
    ///
    /// It is one file that loads nothing. If the heap has more than 100,000 objects, the
    /// page shows only those with the largest retained sizes one by one, and says so; the
    /// census counts all.
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    pub fn to_html(&self, page: &HtmlPage<'_>, out: impl Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let HtmlPage { title, earlier, recording } = page;
        let mut parts = PAGE.split("{{");
        out.write_all(parts.next().unwrap_or_default().as_bytes())?;
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
            match name {
                "title" => out.write_all(escaped(title).as_bytes())?,
                "style" => out.write_all(STYLE.as_bytes())?,
                "program" => {
                    PROGRAM.iter().try_for_each(|file| out.write_all(file.as_bytes()))?;
                }
                "heap" => Heap::choose(self, title, *earlier, *recording).write(&mut out)?,
                _ => {}
            }
            out.write_all(rest.as_bytes())?;
        }
        out.flush()
    }
}

fn escaped(text: &str) -> String {
    let text = Harmless(text).to_string();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
