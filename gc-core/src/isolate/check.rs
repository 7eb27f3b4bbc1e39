//! Whether anything leads into a heap, or out of it.
//!
//! Every handle to an object is counted. So the handles that the values of the heap own, which
//! `trace` reports, explain all counts, or there are others. The walk starts at the root: what
//! nobody in the heap leads to cannot be told from what somebody outside holds, and is of a type
//! that the root's type says nothing about.

use alloc::collections::TryReserveError;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;
use std::collections::HashMap;

use super::escape::{Escape, EscapeKind};
use super::ways::ways_to;
use crate::collect::activity::Activity;
use crate::collect::death::looking_undisturbed;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::page_index::{NO_SLOT, PageIndex};
use crate::object::edges::LabelledEdges;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::watch::by_address::ByAddress;
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
    /// The objects of these, while they are looked for.
    objects: Vec<Option<ObjPtr>>,
    /// How many there are.
    pub(super) count: usize,
}

impl Escapes {
    /// One that is all that is known.
    pub(super) fn only(kind: EscapeKind) -> Escapes {
        Escapes { listed: vec![Escape::of_heap(kind)], objects: Vec::new(), count: 1 }
    }

    fn add(&mut self, object: ObjPtr, kind: EscapeKind) {
        self.list(Escape::of(object.type_name(), kind), Some(object));
    }

    fn push(&mut self, escape: Escape) {
        self.list(escape, None);
    }

    fn list(&mut self, escape: Escape, object: Option<ObjPtr>) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(escape);
            self.objects.push(object);
        }
    }

    /// Finds out how the objects are reached from `root`.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn find_ways(&mut self, root: ObjPtr, index: &PageIndex) {
        let objects = mem::take(&mut self.objects);
        if objects.iter().any(Option::is_some) {
            let ways = ways_to(&objects, root, index);
            for (escape, way) in self.listed.iter_mut().zip(ways) {
                escape.set_way(way);
            }
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
        let Ok(mut check) = Check::of(&pages) else {
            return Escapes::only(EscapeKind::OutOfMemory);
        };
        let integers = Tables::current().integers().borrow().clone();
        let mut reported = LabelledEdges::of_all_handles();
        for held in integers.into_iter().chain([root]) {
            check.reach(held, &mut reported);
        }
        check.explain_the_rest(&pages, &mut reported);
        // The counts are read now. No code of the program runs from here on, unless something was
        // found.
        check.judge(&sorted_pages(heap));
        check.escapes.find_ways(root, &check.index);
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

/// How many handles to an object were accounted for.
#[derive(Clone, Copy, Debug, Default)]
struct Explained {
    strong: u32,
    weak: u32,
}

/// A check under way. Objects are known by the numbers of their slots.
struct Check {
    index: PageIndex,
    /// Of each slot.
    explained: Vec<Explained>,
    /// How many entries the maps of the heap have for each key.
    entries: HashMap<usize, usize, ByAddress>,
    /// How many objects there is a way to from the root.
    reached: usize,
    /// Those whose handles were not looked at so far.
    pending: Vec<ObjPtr>,
    /// An object to which there is no way.
    stray: Option<&'static str>,
    escapes: Escapes,
}

impl Check {
    /// Nothing is accounted for. Fails if there is no memory for what is proportional to the heap.
    fn of(pages: &[Page]) -> Result<Check, TryReserveError> {
        let index = PageIndex::new(pages);
        let mut explained = Vec::new();
        explained.try_reserve_exact(index.len())?;
        explained.resize(index.len(), Explained::default());
        Ok(Check {
            index,
            explained,
            entries: HashMap::default(),
            reached: 0,
            pending: Vec::new(),
            stray: None,
            escapes: Escapes::default(),
        })
    }

    fn slot(&self, object: ObjPtr) -> Option<usize> {
        let slot = self.index.slot(object);
        (slot != NO_SLOT).then_some(slot as usize)
    }

    /// One handle to `object` is accounted for; if it is the first, the object's own handles are
    /// looked at later. Returns whether it lies in the heap.
    fn explain(&mut self, object: ObjPtr) -> bool {
        let Some(slot) = self.slot(object) else { return false };
        let explained = &mut self.explained[slot];
        let is_first = explained.strong == 0;
        explained.strong = explained.strong.saturating_add(1);
        if is_first {
            object.prefetch();
            if self.pending.try_reserve(1).is_ok() {
                self.pending.push(object);
            } else {
                self.note_no_memory();
            }
        }
        true
    }

    /// Something was left out, for lack of memory.
    #[cold]
    fn note_no_memory(&mut self) {
        self.escapes.push(Escape::of_heap(EscapeKind::OutOfMemory));
    }

    /// Accounts for one handle to `object`, and for all that objects own to which it leads.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn reach(&mut self, object: ObjPtr, reported: &mut LabelledEdges) {
        self.explain(object);
        while let Some(object) = self.pending.pop() {
            self.reached += 1;
            self.trace(object, reported);
        }
    }

    /// Accounts for what the objects own to which nothing led.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn explain_the_rest(&mut self, pages: &[Page], reported: &mut LabelledEdges) {
        let used: usize = pages.iter().map(|page| page.used() as usize).sum();
        if used == self.reached {
            return;
        }
        let objects = pages.iter().flat_map(|page| page.counts()).map(|(object, _)| object);
        let found = objects
            .zip(&self.explained)
            .filter(|(_, explained)| explained.strong == 0)
            .filter_map(|(object, _)| object.filter(|object| !object.is_dead()));
        let mut strays = Vec::new();
        if strays.try_reserve_exact(used - self.reached).is_ok() {
            strays.extend(found);
        } else {
            self.note_no_memory();
        }
        for object in strays {
            self.stray = Some(object.type_name());
            self.trace(object, reported);
        }
        self.pending.clear();
    }

    /// Accounts for what `object` owns.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn trace(&mut self, object: ObjPtr, reported: &mut LabelledEdges) {
        if object.is_dead() {
            return;
        }
        reported.edges.clear();
        Activity::current().look_at(object);
        object.trace_labelled(reported);
        self.note_reported(object, reported);
    }

    /// Accounts for what `object` reported.
    fn note_reported(&mut self, object: ObjPtr, reported: &mut LabelledEdges) {
        let mut leads_out = false;
        for &target in reported.edges.targets() {
            leads_out |= !self.explain(target);
        }
        if let Some(weak) = &mut reported.names.weak {
            for target in weak.handles.drain(..) {
                match self.slot(target) {
                    Some(slot) => {
                        let explained = &mut self.explained[slot].weak;
                        *explained = explained.saturating_add(1);
                    }
                    None => leads_out = true,
                }
            }
            for key in weak.keys.drain(..) {
                match self.slot(key) {
                    Some(_) if self.entries.try_reserve(1).is_err() => self.note_no_memory(),
                    Some(slot) => *self.entries.entry(slot).or_default() += 1,
                    None => leads_out = true,
                }
            }
        }
        if !reported.edges.is_complete() {
            self.note_no_memory();
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
            let weak = weak_count.wrapping_sub(common).wrapping_sub(self.explained[slot].weak);
            if weak > 0 {
                let kind = EscapeKind::WeaklyHeld(weak as usize);
                match object {
                    Some(object) => self.escapes.add(object, kind),
                    None => self.escapes.push(Escape::of_heap(kind)),
                }
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
        let unexplained = object.strong().wrapping_sub(self.explained[slot].strong);
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
