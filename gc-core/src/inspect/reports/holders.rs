//! What holds many objects: their shortest paths, merged.
//!
//! Fifty windows that a bus holds have fifty paths, which are one [`Way`]: from the bus
//! through `listeners[*]` and so on.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use crate::inspect::reports::way::Way;
use crate::inspect::reports::way_search::Search;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{ObjectId, ObjectInfo};
use crate::inspect::snapshot::table::{Align, Table, grouped};

/// The ways on which the roots hold some objects, the one that holds the most first.
///
/// It prints as a table.
#[derive(Clone, Debug)]
pub struct Holders<'a> {
    ways: Vec<Way<'a>>,
    is_complete: bool,
}

impl HeapSnapshot {
    /// Everything that holds some objects: **all** their shortest paths from roots, merged into
    /// ways.
    ///
    /// [`path_to_root`](HeapSnapshot::path_to_root) shows one path to one object. When a
    /// thousand objects leak, this says that 990 of them hang on a cache, and the others on
    /// something else.
    ///
    /// Of a path with more than 24 steps only the last ones count; steps that are taken several
    /// times in a row count once.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, inspect::{self, HeapSnapshot}};
    ///
    /// #[derive(Trace)]
    /// #[trace(name = "Bus")]
    /// struct Bus {
    ///     listeners: RefCell<Vec<Gc<String>>>,
    /// }
    ///
    /// let bus = Gc::new(Bus { listeners: RefCell::default() });
    /// inspect::name(&bus, "events");
    /// let held: Vec<_> = (0..51).map(|number| Gc::new(number.to_string())).collect();
    /// bus.listeners.borrow_mut().extend_from_slice(&held);
    /// drop(held);
    ///
    /// let snapshot = HeapSnapshot::capture();
    /// let holders = snapshot.holders(snapshot.of_type::<String>());
    /// assert_eq!(holders.ways().len(), 1);
    /// assert_eq!(holders.ways()[0].to_string(), r#""events" Bus.listeners[*] → String"#);
    /// assert_eq!(holders.ways()[0].objects().len(), 51);
    /// println!("{holders}");
    /// ```
    ///
    /// The values of weak maps count as held by the map, also where only they hold their own key.
    pub fn holders<I: Into<ObjectId>>(&self, objects: impl IntoIterator<Item = I>) -> Holders<'_> {
        let objects = objects.into_iter().filter_map(|object| self.get(object));
        let mut objects: Vec<u32> = objects.map(ObjectInfo::index).collect();
        objects.sort_unstable();
        objects.dedup();
        let mut search = Search::new(self);
        let is_complete = search.run(&objects);
        let mut ways = search.finish();
        // Stable: ways that hold as many objects stay sorted by where they begin.
        ways.sort_by_key(|way| (Reverse(way.objects().len()), way.steps().len()));
        Holders { ways, is_complete }
    }
}

impl<'a> Holders<'a> {
    /// The ways, the one on which the most objects hang first.
    #[must_use]
    pub fn ways(&self) -> &[Way<'a>] {
        &self.ways
    }

    /// Whether all ways were found. On a heap in which very many paths are equally short, the
    /// search ends after about two million steps.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl fmt::Display for Holders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table =
            Table::new([("objects", Align::Right), ("roots", Align::Right), ("way", Align::Left)]);
        for way in &self.ways {
            table.add([grouped(way.objects().len()), grouped(way.roots().len()), way.to_string()]);
        }
        if !self.is_complete {
            table.add([
                String::new(),
                String::new(),
                "… and others that were not looked for".into(),
            ]);
        }
        table.fmt(f)
    }
}
