//! Where objects were made, as a file for the DevTools says it.
//!
//! The file has a tree of calls. Ours is flat: below the root each place in the program is a
//! node, with the objects that were made there. Without the feature `sites` there is no tree.

use alloc::format;
use alloc::vec::Vec;
use core::panic::Location;
use std::collections::HashMap;
use std::io::{self, Write};

use crate::inspect::graph::heap_graph::narrow;
use crate::inspect::pictures::devtools_strings::Strings;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;

/// A place, and what was made there.
struct Site {
    place: &'static Location<'static>,
    count: usize,
    bytes: usize,
}

/// The places where the objects of a snapshot were made.
///
/// # Invariants
///
/// Place number n is function n + 1 and node n + 2: the root is function 0 and node 1.
pub(crate) struct Sites {
    sites: Vec<Site>,
    /// By the numbers that objects have.
    numbers: HashMap<u32, u32>,
}

impl Sites {
    pub(crate) fn of(snapshot: &HeapSnapshot) -> Sites {
        let (mut sites, mut numbers) = (Vec::new(), HashMap::new());
        for object in snapshot.objects() {
            let Some(place) = object.noted_site() else { continue };
            let number = *numbers.entry(object.site_number()).or_insert_with(|| {
                sites.push(Site { place, count: 0, bytes: 0 });
                narrow(sites.len() - 1)
            });
            let site = &mut sites[number as usize];
            site.count += 1;
            site.bytes = site.bytes.saturating_add(object.bytes()).saturating_add(object.owned());
        }
        Sites { sites, numbers }
    }

    /// The number of functions: places, and the root, if there are any.
    pub(crate) fn functions(&self) -> usize {
        if self.sites.is_empty() { 0 } else { self.sites.len() + 1 }
    }

    /// The number of the node in the tree that stands for the place of an object.
    pub(crate) fn trace_node_of(&self, object: ObjectInfo<'_>) -> u32 {
        self.numbers.get(&object.site_number()).map_or(0, |number| number + 2)
    }

    /// Writes the functions and the tree.
    pub(crate) fn write(&self, out: &mut impl Write, strings: &mut Strings) -> io::Result<()> {
        if self.sites.is_empty() {
            return out.write_all(b"\"trace_function_infos\":[],\"trace_tree\":[]");
        }
        let (root, nowhere) = (strings.number_of("(root)"), strings.number_of(""));
        write!(out, "\"trace_function_infos\":[0,{root},{nowhere},0,0,0")?;
        for (number, Site { place, .. }) in self.sites.iter().enumerate() {
            let name = strings.number_of(&format!("{}:{}", place.file(), place.line()));
            let file = strings.number_of(place.file());
            let (line, column) = (place.line(), place.column());
            write!(out, ",\n{},{name},{file},0,{line},{column}", number + 1)?;
        }
        write!(out, "],\n\"trace_tree\":[1,0,0,0,[")?;
        for (number, Site { count, bytes, .. }) in self.sites.iter().enumerate() {
            let separator = if number == 0 { "" } else { ",\n" };
            write!(out, "{separator}{},{},{count},{bytes},[]", number + 2, number + 1)?;
        }
        write!(out, "]]")
    }
}
