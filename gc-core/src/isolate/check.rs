//! Whether anything leads into a heap, or out of it.
//!
//! Every handle to an object is counted. So the handles that the values of the heap own, which
//! `trace` reports, explain all counts, or there are others. The walk starts at the root: what
//! nobody in the heap leads to cannot be told from what somebody outside holds, and is of a type
//! that the root's type says nothing about.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;
use std::collections::HashMap;

use super::escape::{Escape, EscapeKind};
use crate::collect::activity::Activity;
use crate::collect::death::looking_undisturbed;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::page_index::{NO_SLOT, PageIndex};
use crate::object::edges::LabelledEdges;
use crate::object::flags::Flags;
use crate::object::generation::narrow;
use crate::object::header::ObjPtr;
use crate::watch::ephemeron;
use crate::watch::tables::Tables;
use crate::watch::watches::watches_of;

/// So many escapes are listed.
const MOST_LISTED: usize = 100;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Escapes {
    /// The first of them.
    pub(super) listed: Vec<Escape>,
    /// How many there are.
    pub(super) count: usize,
}

impl Escapes {
    /// One that is all that is known.
    pub(super) fn only(kind: EscapeKind) -> Escapes {
        Escapes { listed: vec![Escape::of_heap(kind)], count: 1 }
    }

    fn add(&mut self, object: ObjPtr, kind: EscapeKind) {
        self.push(Escape::of(object.type_name(), kind));
    }

    fn push(&mut self, escape: Escape) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(escape);
        }
    }
}

/// What leads into `heap` from outside but for one handle to `root`, or out of it; nothing, if every
/// object can be reached from `root`, every handle to it is owned by another object of the heap,
/// and nothing waits for it.
///
/// Takes time proportional to the size of the heap.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn find_escapes(heap: &'static Heap, root: ObjPtr) -> Escapes {
    let found = looking_undisturbed(|| {
        let pages = sorted_pages(heap);
        let mut check = Check::of(&pages);
        check.explain(root);
        let integers = Tables::current().integers().borrow().clone();
        for &integer in &integers {
            check.explain(integer);
        }
        let mut reported = LabelledEdges::of_all_handles();
        for &page in &pages {
            check.trace_page(page, &mut reported);
        }
        check.reach_from(integers.into_iter().chain([root]));
        // The counts are read now, when no code of the program runs any more.
        check.judge(&sorted_pages(heap));
        check.escapes
    });
    found.unwrap_or_else(|| Escapes::only(EscapeKind::InUse))
}

fn sorted_pages(heap: &Heap) -> Vec<Page> {
    heap.return_slots();
    let mut pages: Vec<Page> = heap.pages().collect();
    pages.sort_unstable();
    pages
}

/// A check under way. Objects are known by the numbers of their slots.
struct Check {
    index: PageIndex,
    /// How many handles to each were accounted for.
    strong: Vec<u32>,
    /// How many weak handles were.
    weak: Vec<u32>,
    /// How many entries the maps of the heap have for each key.
    entries: HashMap<usize, usize>,
    /// The handles of the object in slot `i` lead to `edges[first_edge[i]..first_edge[i + 1]]`.
    first_edge: Vec<usize>,
    edges: Vec<u32>,
    /// Whether there is a way from the root.
    is_reached: Vec<bool>,
    /// An object to which there is none.
    stray: Option<&'static str>,
    escapes: Escapes,
}

impl Check {
    /// Nothing is accounted for.
    fn of(pages: &[Page]) -> Check {
        let index = PageIndex::new(pages);
        let slots = index.len();
        Check {
            index,
            strong: vec![0; slots],
            weak: vec![0; slots],
            entries: HashMap::new(),
            first_edge: vec![0],
            edges: Vec::new(),
            is_reached: vec![false; slots],
            stray: None,
            escapes: Escapes::default(),
        }
    }

    /// One handle to `object` is accounted for. Returns the number of the object.
    fn explain(&mut self, object: ObjPtr) -> Option<usize> {
        let slot = self.slot(object)?;
        self.strong[slot] = self.strong[slot].saturating_add(1);
        Some(slot)
    }

    fn slot(&self, object: ObjPtr) -> Option<usize> {
        let slot = self.index.slot(object);
        (slot != NO_SLOT).then_some(slot as usize)
    }

    /// Traces the objects of a page, in the order of their slots.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn trace_page(&mut self, page: Page, reported: &mut LabelledEdges) {
        for (object, _) in page.counts() {
            if let Some(object) = object.filter(|object| !object.is_dead()) {
                reported.edges.clear();
                Activity::current().look_at(object);
                object.trace_labelled(reported);
                self.note_reported(object, reported);
            }
            self.first_edge.push(self.edges.len());
        }
    }

    /// Accounts for what `object` reported.
    fn note_reported(&mut self, object: ObjPtr, reported: &mut LabelledEdges) {
        let mut leads_out = false;
        for &target in reported.edges.targets() {
            match self.explain(target) {
                Some(slot) => self.edges.push(narrow(slot)),
                None => leads_out = true,
            }
        }
        if let Some(weak) = &mut reported.names.weak {
            for target in weak.handles.drain(..) {
                match self.slot(target) {
                    Some(slot) => self.weak[slot] = self.weak[slot].saturating_add(1),
                    None => leads_out = true,
                }
            }
            for key in weak.keys.drain(..) {
                match self.slot(key) {
                    Some(slot) => *self.entries.entry(slot).or_default() += 1,
                    None => leads_out = true,
                }
            }
        }
        if !reported.edges.is_complete() {
            self.escapes.push(Escape::of_heap(EscapeKind::OutOfMemory));
        }
        if reported.edges.is_partial() {
            self.escapes.add(object, EscapeKind::Closed);
        }
        if !reported.edges.watches().is_empty() {
            self.escapes.add(object, EscapeKind::Observes);
        }
        if leads_out {
            self.escapes.add(object, EscapeKind::LeadsOut);
        }
    }

    /// Marks what can be reached from `roots`.
    fn reach_from(&mut self, roots: impl Iterator<Item = ObjPtr>) {
        let mut pending: Vec<usize> = roots.filter_map(|root| self.slot(root)).collect();
        while let Some(slot) = pending.pop() {
            if !mem::replace(&mut self.is_reached[slot], true) {
                let edges = &self.edges[self.first_edge[slot]..self.first_edge[slot + 1]];
                pending.extend(edges.iter().map(|&target| target as usize));
            }
        }
    }

    /// Lists what is not accounted for.
    fn judge(&mut self, pages: &[Page]) {
        if PageIndex::new(pages) != self.index {
            return self.escapes.push(Escape::of_heap(EscapeKind::InUse));
        }
        let mut first = 0;
        for &page in pages {
            self.judge_page(page, first);
            first += page.carved() as usize;
        }
        if let Some(stray) = self.stray.filter(|_| self.escapes.count == 0) {
            self.escapes.push(Escape::of(stray, EscapeKind::Unreachable));
        }
    }

    /// The same for the slots of one page, which are numbered from `first`.
    fn judge_page(&mut self, page: Page, first: usize) {
        let mut used = 0;
        for (place, (object, weak_count)) in page.counts().enumerate() {
            let slot = first + place;
            used += u32::from(object.is_some() || weak_count > 0);
            if let Some(object) = object {
                self.judge_object(object, slot);
            }
            // All handles together hold one weak reference, as long as the value is there.
            let common = u32::from(weak_count > 0 && object.is_some());
            let weak = weak_count.wrapping_sub(common).wrapping_sub(self.weak[slot]);
            if weak > 0 {
                let kind = EscapeKind::WeaklyHeld(weak as usize);
                self.escapes.push(match object {
                    Some(object) => Escape::of(object.type_name(), kind),
                    None => Escape::of_heap(kind),
                });
            }
        }
        if used != page.used() {
            // A value is being dropped, or waits for it.
            self.escapes.push(Escape::of_heap(EscapeKind::InUse));
        }
    }

    fn judge_object(&mut self, object: ObjPtr, slot: usize) {
        if object.has(Flags::DEAD) {
            return self.escapes.add(object, EscapeKind::InUse);
        }
        if !self.is_reached[slot] {
            self.stray = Some(object.type_name());
        }
        let unexplained = object.strong().wrapping_sub(self.strong[slot]);
        if unexplained > 0 {
            self.escapes.add(object, EscapeKind::Held(unexplained as usize));
        }
        if object.has(Flags::EXCLUSIVE) {
            self.escapes.add(object, EscapeKind::Exclusive);
        }
        // The flag stays when the last entry of a weak map is gone.
        if object.has(Flags::OBSERVED) && self.is_watched_from_outside(object, slot) {
            self.escapes.add(object, EscapeKind::Observed);
        }
    }

    /// Whether a callback waits for the death of an object, or a map that is not in the heap.
    fn is_watched_from_outside(&self, object: ObjPtr, slot: usize) -> bool {
        let entries = self.entries.get(&slot).copied().unwrap_or(0);
        watches_of(object) > 0 || ephemeron::entries_of(object).count() != entries
    }
}
