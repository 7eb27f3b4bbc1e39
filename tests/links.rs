//! The links of the pages lead somewhere: to files and headings of this project, also
//! where they name its address on the web. Links to other sites are not followed.

extern crate alloc;

use alloc::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where the files are on the web.
const FILES: [&str; 2] = [
    "https://github.com/gcycle/gcycle/blob/main/",
    "https://raw.githubusercontent.com/gcycle/gcycle/main/",
];
/// Where the guides are on the web.
const GUIDES: &str = "https://docs.rs/gcycle/latest/gcycle/guide/";

/// Where a page can link to, and where it does.
struct Page {
    headings: Vec<String>,
    links: Vec<String>,
}

/// What GitHub makes of a heading: small letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn read(page: &Path) -> Page {
    let text = fs::read_to_string(page).expect("the page can be read");
    let (mut headings, mut links) = (Vec::new(), Vec::new());
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take().map(|h| anchor(&h))),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.into_string());
            }
            _ => {}
        }
    }
    Page { headings, links }
}

/// All pages of the project.
fn pages(root: &Path) -> BTreeMap<PathBuf, Page> {
    let folders = ["", "docs", "docs/guides", "tests", "benches", "examples/playground"];
    let files = folders.into_iter().filter_map(|folder| fs::read_dir(root.join(folder)).ok());
    let files = files.flatten().map(|entry| entry.expect("an entry").path());
    let pages = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages.map(|path| (path.canonicalize().expect("it is there"), read(&path))).collect()
}

/// What is wrong with a link that stands in `page`.
fn fault(root: &Path, pages: &BTreeMap<PathBuf, Page>, page: &Path, link: &str) -> Option<String> {
    let (target, heading) = link.split_once('#').unwrap_or((link, ""));
    if let Some(guide) = target.strip_prefix(GUIDES) {
        let name = guide.trim_end_matches("index.html").trim_matches('/');
        let is_there = name.is_empty() || root.join(format!("docs/guides/{name}.md")).is_file();
        return (!is_there).then(|| format!("there is no guide {name}"));
    }
    let on_the_web = FILES.iter().find_map(|prefix| target.strip_prefix(prefix));
    let path = match on_the_web {
        Some(file) => root.join(file),
        // Other sites, and what rustdoc checks.
        None if target.contains("://")
            || target.contains("::")
            || target.starts_with("mailto:") =>
        {
            return None;
        }
        None if target.is_empty() => page.to_owned(),
        None => page.parent().expect("pages are in folders").join(target),
    };
    let Ok(path) = path.canonicalize() else { return Some(format!("there is no {target}")) };
    if heading.is_empty() {
        return None;
    }
    let headings = &pages.get(&path)?.headings;
    let is_there = headings.iter().any(|known| known == heading);
    (!is_there).then(|| format!("{} has no heading {heading}: {headings:?}", path.display()))
}

#[test]
#[cfg_attr(miri, ignore = "reads files, and runs no code of the library")]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = pages(root);
    let mut faults = Vec::new();
    let mut count = 0;
    for (path, page) in &pages {
        for link in &page.links {
            count += 1;
            if let Some(fault) = fault(root, &pages, path, link) {
                faults.push(format!("{}: {link}: {fault}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(count > 100, "{count} links");
}

#[test]
#[cfg_attr(miri, ignore = "reads files, and runs no code of the library")]
fn a_link_to_nowhere_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = pages(root);
    let readme = root.join("README.md").canonicalize().expect("it is there");
    let fault = |link| fault(root, &pages, &readme, link);
    assert_eq!(fault("docs/design.md#generations"), None);
    assert_eq!(fault("https://example.org/nowhere"), None);
    assert!(fault("docs/design.md#nowhere").is_some());
    assert!(fault("docs/nowhere.md").is_some());
    assert!(fault("#nowhere").is_some());
    assert!(fault("https://github.com/gcycle/gcycle/blob/main/nowhere").is_some());
    assert!(fault("https://docs.rs/gcycle/latest/gcycle/guide/nowhere/index.html").is_some());
}
