//! The heap as a `.heapsnapshot` file, for the Memory panel of the Chrome and
//! Edge DevTools ("Load profile").
//!
//! The file is one JSON object of flat arrays. The loader is a scanner that
//! reads it once, so the order of the keys matters: `snapshot`, `nodes`,
//! `edges`, what is known of sites, `strings` last. Numbers are decimal and not
//! negative, and fit into 32 bits.
//!
//! ```text
//!   (root) --> (GC roots) --> every object held from outside
//!     |  `-- shortcut -----> the same, so that they are one step away
//!     `------> (garbage) ---> where garbage is entered
//! ```
//!
//! The name of a node is its type, by which the DevTools put objects together. So the text of an
//! object stands in a node of its own, a string without bytes that the object refers to: there
//! the DevTools show it and find it.
//!
//! With this shape the DevTools find the sizes that
//! [`retained_size`](crate::inspect::HeapSnapshot::retained_size) finds.

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use serde_json_1 as json;

use crate::inspect::graph::heap_graph::narrow;
use crate::inspect::pictures::devtools_sites::Sites;
use crate::inspect::pictures::devtools_strings::Strings;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{Edge, ObjectInfo};

/// The numbers that describe a node, and an edge.
const NODE_FIELDS: u32 = 7;

const META: &str = concat!(
    r#"{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],"#,
    r#""node_types":[["hidden","array","string","object","code","closure","regexp","number","#,
    r#""native","synthetic","concatenated string","sliced string","symbol","bigint","#,
    r#""object shape"],"string","number","number","number","number","number"],"#,
    r#""edge_fields":["type","name_or_index","to_node"],"#,
    r#""edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"#,
    r#""string_or_number","node"],"#,
    r#""trace_function_info_fields":["function_id","name","script_name","script_id","line","#,
    r#""column"],"trace_node_fields":["id","function_info_index","count","size","children"]}"#,
);

/// Types of nodes, by their position in [`META`].
const STRING: u32 = 2;
const OBJECT: u32 = 3;
const SYNTHETIC: u32 = 9;

/// Types of edges, by their position in [`META`].
const ELEMENT: u32 = 1;
const PROPERTY: u32 = 2;
const INTERNAL: u32 = 3;
const SHORTCUT: u32 = 5;

impl HeapSnapshot {
    /// Writes a file for the Memory panel of the Chrome and Edge DevTools.
    ///
    /// Name the file `*.heapsnapshot`, open the DevTools on any page, and load the file
    /// in the Memory panel. Type names appear in the place of JavaScript constructors.
    /// Objects keep their numbers from one snapshot to the next, so you can compare two
    /// files of one heap.
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let list = Gc::new(vec![Gc::new(1)]);
    /// let mut file = Vec::new();
    /// HeapSnapshot::capture().to_heapsnapshot(&mut file)?;
    /// assert!(file.starts_with(br#"{"snapshot":{"meta":{"node_fields":"#));
    /// # std::io::Result::Ok(())
    /// ```
    pub fn to_heapsnapshot(&self, out: impl Write) -> io::Result<()> {
        let mut file = File::new(self, BufWriter::new(out));
        file.write_head()?;
        file.write_nodes()?;
        file.write_edges()?;
        file.write_strings()
    }
}

/// A file that is being written.
struct File<'a, W> {
    snapshot: &'a HeapSnapshot,
    out: W,
    roots: Vec<ObjectInfo<'a>>,
    garbage: Vec<ObjectInfo<'a>>,
    /// What is said of objects beside their types: their names and their texts.
    notes: Vec<Note<'a>>,
    strings: Strings,
    sites: Sites,
    /// Nothing stands before the next number of the array.
    is_first: bool,
}

impl<'a, W: Write> File<'a, W> {
    fn new(snapshot: &'a HeapSnapshot, out: W) -> Self {
        let garbage = snapshot.dominator_tree().garbage_entries();
        File {
            snapshot,
            out,
            roots: snapshot.roots().collect(),
            garbage: garbage.iter().map(|&index| snapshot.object_at(index)).collect(),
            notes: snapshot.objects().flat_map(notes_of).collect(),
            strings: Strings::default(),
            sites: Sites::of(snapshot),
            is_first: true,
        }
    }

    /// The number of nodes that are no objects.
    fn first_object(&self) -> u32 {
        if self.garbage.is_empty() { 2 } else { 3 }
    }

    fn write_head(&mut self) -> io::Result<()> {
        let nodes = self.snapshot.len() + self.first_object() as usize + self.notes.len();
        let edges = self.snapshot.edge_count() + self.root_edges() + self.roots.len();
        let edges = edges + self.garbage.len() + self.notes.len();
        write!(
            self.out,
            "{{\"snapshot\":{{\"meta\":{META},\"node_count\":{nodes},\"edge_count\":{edges},\
             \"trace_function_count\":{}}},\n\"nodes\":[",
            self.sites.functions(),
        )
    }

    /// The edges of the first node.
    fn root_edges(&self) -> usize {
        self.first_object() as usize - 1 + self.roots.len()
    }

    fn write_nodes(&mut self) -> io::Result<()> {
        let root_edges = self.root_edges();
        self.write_synthetic("", 1, root_edges)?;
        self.write_synthetic("(GC roots)", 3, self.roots.len())?;
        if !self.garbage.is_empty() {
            self.write_synthetic("(garbage)", 5, self.garbage.len())?;
        }
        let mut ids = Ids::default();
        for object in self.snapshot.objects() {
            let name = self.strings.number_of(object.type_name());
            let size = object.bytes().saturating_add(object.owned());
            let size = u32::try_from(size).unwrap_or(u32::MAX);
            let edges = narrow(object.referents().len() + notes_of(object).count());
            let made_at = self.sites.trace_node_of(object);
            self.write(&[OBJECT, name, ids.id_of(object), size, edges, made_at, 0])?;
        }
        for Note { object, label, text } in core::mem::take(&mut self.notes) {
            let text = self.strings.number_of(&text);
            self.write(&[STRING, text, ids.id_of_note(object, label), 0, 0, 0, 0])?;
        }
        self.out.write_all(b"],\n\"edges\":[")?;
        self.is_first = true;
        Ok(())
    }

    fn write_synthetic(&mut self, name: &str, id: u32, edges: usize) -> io::Result<()> {
        let name = self.strings.number_of(name);
        self.write(&[SYNTHETIC, name, id, 0, narrow(edges), 0, 0])
    }

    fn write_edges(&mut self) -> io::Result<()> {
        let first = self.first_object();
        let node = |object: ObjectInfo<'_>| (first + object.index()) * NODE_FIELDS;
        for synthetic in 1..first {
            self.write(&[ELEMENT, synthetic, synthetic * NODE_FIELDS])?;
        }
        let (roots, garbage) = (self.roots.clone(), self.garbage.clone());
        for &root in &roots {
            let name = root.escaped_name();
            let name = self.strings.number_of(name.as_deref().unwrap_or(root.type_name()));
            self.write(&[SHORTCUT, name, node(root)])?;
        }
        for entries in [&roots, &garbage] {
            for (&entry, number) in entries.iter().zip(1..) {
                self.write(&[ELEMENT, number, node(entry)])?;
            }
        }
        let mut next_note = (first + narrow(self.snapshot.len())) * NODE_FIELDS;
        for object in self.snapshot.objects() {
            for edge in object.referents() {
                let (kind, name) = self.name(edge);
                self.write(&[kind, name, node(edge.target())])?;
            }
            for note in notes_of(object) {
                let name = self.strings.number_of(note.label);
                self.write(&[INTERNAL, name, next_note])?;
                next_note += NODE_FIELDS;
            }
        }
        self.out.write_all(b"],\n")?;
        self.sites.write(&mut self.out, &mut self.strings)?;
        self.out.write_all(b",\"samples\":[],\"locations\":[],\n\"strings\":[")
    }

    /// The type of an edge and what it is called.
    fn name(&mut self, edge: Edge<'_>) -> (u32, u32) {
        let label = edge.raw_label();
        match self.snapshot.graph().labels.only_position(label) {
            Some(position) => (ELEMENT, position),
            None => match self.strings.number_of_label(edge, label) {
                0 => (INTERNAL, self.strings.number_of("(unnamed)")),
                name => (PROPERTY, name),
            },
        }
    }

    fn write_strings(mut self) -> io::Result<()> {
        let mut strings: Vec<(String, u32)> = self.strings.numbers.into_iter().collect();
        strings.sort_unstable_by_key(|&(_, number)| number);
        for (text, number) in strings {
            if number > 0 {
                self.out.write_all(b",\n")?;
            }
            json::to_writer(&mut self.out, &text)?;
        }
        self.out.write_all(b"]}\n")?;
        self.out.flush()
    }

    fn write(&mut self, numbers: &[u32]) -> io::Result<()> {
        for number in numbers {
            if !core::mem::replace(&mut self.is_first, false) {
                self.out.write_all(b",")?;
            }
            write!(self.out, "{number}")?;
        }
        self.out.write_all(b"\n")
    }
}

/// A text about an object. It is a node of its own, to which an edge with this label leads.
struct Note<'a> {
    object: ObjectInfo<'a>,
    label: &'static str,
    text: String,
}

/// What is said of an object beside its type.
fn notes_of(object: ObjectInfo<'_>) -> impl Iterator<Item = Note<'_>> {
    let notes = [("(name)", object.escaped_name()), ("(text)", object.escaped_text())];
    notes.into_iter().filter_map(move |(label, text)| Some(Note { object, label, text: text? }))
}

/// The numbers of objects: odd, as those of JavaScript objects, and nearly
/// always the same for the same object in another snapshot.
///
/// They have to fit into 32 bits, so addresses are too long. Of two objects
/// whose hashes are the same, the one at the higher address takes the next
/// number that is free.
#[derive(Default)]
struct Ids {
    taken: HashSet<u32>,
}

impl Ids {
    fn id_of(&mut self, object: ObjectInfo<'_>) -> u32 {
        // Objects are aligned to 8, and another type is another object.
        let mut hash = (object.id().0 >> 3) as u64;
        for byte in object.type_name().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        self.take(hash)
    }

    /// The number of the node that has a note about `object`.
    fn id_of_note(&mut self, object: ObjectInfo<'_>, label: &str) -> u32 {
        self.take((object.id().0 as u64 + label.len() as u64).rotate_left(32))
    }

    fn take(&mut self, hash: u64) -> u32 {
        let mut half = ((hash.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 33) as u32;
        // 1, 3 and 5 are the synthetic ones.
        while half < 3 || !self.taken.insert(half) {
            half = (half + 1) & (u32::MAX >> 1);
        }
        half * 2 + 1
    }
}
