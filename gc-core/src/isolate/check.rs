//! Whether anything leads into a heap, or out of it.
//!
//! Every handle to an object is counted. So the handles that the values of the heap own, which
//! `trace` reports, explain all counts, or there are others. The walk starts at the root: what
//! nobody in the heap leads to cannot be told from what somebody outside holds, and is of a type
//! that the root's type says nothing about.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use super::escape::{Escape, EscapeKind};
use crate::collect::activity::Activity;
use crate::collect::death::looking;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::page_index::{NO_SLOT, PageIndex};
use crate::object::edges::LabelledEdges;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::watch::ephemeron;
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
/// Takes as long as a full collection.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn find_escapes(heap: &'static Heap, root: ObjPtr) -> Escapes {
    let pages = sorted_pages(heap);
    let mut check = Check::of(&pages);
    looking(|| {
        check.explain(root);
        check.walk_from(root);
        check.walk_the_rest(&pages);
    });
    // The counts are read now, when no code of the program runs any more.
    check.judge(&sorted_pages(heap));
    check.escapes
}

fn sorted_pages(heap: &Heap) -> Vec<Page> {
    heap.return_slots();
    let mut pages: Vec<Page> = heap.pages().collect();
    pages.sort_unstable();
    pages
}

/// A check under way. The lists have an entry for each slot.
struct Check {
    index: PageIndex,
    /// How many handles were accounted for.
    strong: Vec<u32>,
    /// How many weak handles were.
    weak: Vec<u32>,
    /// Whether the object was found on the way from the root.
    is_reached: Vec<bool>,
    /// Objects that are still to be traced.
    pending: Vec<ObjPtr>,
    /// The type of an object that cannot be reached from the root.
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
            is_reached: vec![false; slots],
            pending: Vec::new(),
            stray: None,
            escapes: Escapes::default(),
        }
    }

    /// One handle to `object` is accounted for. Returns whether it is the first one to an object of
    /// this heap.
    fn explain(&mut self, object: ObjPtr) -> Option<bool> {
        let slot = self.slot(object)?;
        self.strong[slot] += 1;
        Some(!mem::replace(&mut self.is_reached[slot], true))
    }

    fn slot(&self, object: ObjPtr) -> Option<usize> {
        let slot = self.index.slot(object);
        (slot != NO_SLOT).then_some(slot as usize)
    }

    /// Traces all that can be reached from `start`.
    fn walk_from(&mut self, start: ObjPtr) {
        let mut reported = LabelledEdges::of_all_handles();
        self.pending.push(start);
        while let Some(object) = self.pending.pop() {
            reported.edges.clear();
            Activity::current().look_at(object);
            object.trace_labelled(&mut reported);
            self.follow(object, &mut reported);
        }
    }

    /// Accounts for what `object` reported.
    fn follow(&mut self, object: ObjPtr, reported: &mut LabelledEdges) {
        if !reported.edges.is_complete() {
            self.escapes.push(Escape::of_heap(EscapeKind::OutOfMemory));
        }
        let mut leads_out = false;
        for &target in reported.edges.targets() {
            match self.explain(target) {
                Some(true) => self.pending.push(target),
                Some(false) => {}
                None => leads_out = true,
            }
        }
        for target in reported.names.weak.iter_mut().flat_map(|weak| weak.drain(..)) {
            match self.slot(target) {
                Some(slot) => self.weak[slot] += 1,
                None => leads_out = true,
            }
        }
        if leads_out {
            self.escapes.add(object, EscapeKind::LeadsOut);
        }
    }

    /// Traces what cannot be reached from the root, so that what is held from outside can be told
    /// from what that leads to.
    fn walk_the_rest(&mut self, pages: &[Page]) {
        for object in pages.iter().flat_map(|page| page.objects()) {
            let slot = self.slot(object).filter(|&slot| !self.is_reached[slot]);
            if let Some(slot) = slot.filter(|_| !object.is_dead()) {
                self.is_reached[slot] = true;
                self.stray = Some(object.type_name());
                self.walk_from(object);
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
                self.judge_object(object, object.strong().wrapping_sub(self.strong[slot]));
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

    fn judge_object(&mut self, object: ObjPtr, unexplained: u32) {
        if object.has(Flags::DEAD) {
            return self.escapes.add(object, EscapeKind::InUse);
        }
        if unexplained > 0 {
            self.escapes.add(object, EscapeKind::Held(unexplained as usize));
        }
        if object.has(Flags::EXCLUSIVE) {
            self.escapes.add(object, EscapeKind::Exclusive);
        }
        // The flag stays when the last entry of a weak map is gone.
        if watches_of(object) > 0 || ephemeron::is_key(object) {
            self.escapes.add(object, EscapeKind::Observed);
        }
    }
}
