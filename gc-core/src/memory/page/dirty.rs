//! The lists of pages that have candidates.
//!
//! Objects are passed over when they become old without being looked at. Their candidates are left
//! to the next full collection then, all in a moment, however many pages have some: the whole list
//! is put aside, and the bits stay where they are. A page moves its bits when it comes up in a full
//! collection, or when it gets another candidate of the same generation, whichever is first.

use core::cell::Cell;

use super::{Home, IN_NO_LIST, Page};
use crate::object::generation::Generation;

impl Home {
    /// Whether any page may hold candidates.
    pub(crate) fn has_dirty(&self) -> bool {
        let is_any = |list: &Cell<Option<Page>>| list.get().is_some();
        self.dirty.iter().any(|pages| is_any(&pages.first) || is_any(&pages.passed_over))
    }

    /// Takes one page that may hold candidates of `generation` out of their list.
    pub(crate) fn take_dirty_page(&self, generation: Generation) -> Option<Page> {
        let page = self.dirty[generation.index()].first.get();
        if let Some(page) = page {
            self.unlink_dirty(page, generation);
        }
        match generation {
            Generation::Young | Generation::Middle => page,
            Generation::Old => page.or_else(|| self.take_page_passed_over()),
        }
    }

    /// Takes one page whose candidates were passed over.
    fn take_page_passed_over(&self) -> Option<Page> {
        let first = |from: Generation| self.dirty[from.index()].passed_over.get();
        let (page, from) = [Generation::Young, Generation::Middle]
            .into_iter()
            .find_map(|from| Some((first(from)?, from)))?;
        self.unlink_dirty(page, from);
        page.move_candidates(from, Generation::Old);
        Some(page)
    }

    /// Leaves all candidates that there are to the next full collection.
    pub(crate) fn pass_over_dirty(&self) {
        for generation in [Generation::Young, Generation::Middle] {
            let pages = &self.dirty[generation.index()];
            let Some(last) = pages.last.take() else { continue };
            let first = pages.first.take();
            let behind = pages.passed_over.replace(first);
            last.dirty_next(generation).set(behind);
            if let Some(behind) = behind {
                behind.dirty_previous(generation).set(Some(last));
            }
            let round = pages.round.replace(IN_NO_LIST);
            if round == u32::MAX {
                // Numbers start again when no page has one.
                while let Some(page) = pages.passed_over.get() {
                    self.leave_to_full_one(page, generation);
                }
            }
            pages.round.set(round.checked_add(1).unwrap_or(IN_NO_LIST + 1));
        }
    }

    /// Whether the next collection of `generation` will look at a page.
    #[inline]
    pub(super) fn has_listed(&self, page: Page, generation: Generation) -> bool {
        let round = self.dirty[generation.index()].round.get();
        page.header().dirty.rounds[generation.index()].get() == round
    }

    /// Lists a page that is about to get a candidate of `generation`.
    pub(super) fn link_dirty(&self, page: Page, generation: Generation) {
        if self.has_listed(page, generation) {
            return;
        }
        if page.is_listed(generation) {
            self.leave_to_full_one(page, generation);
        }
        let pages = &self.dirty[generation.index()];
        page.header().dirty.rounds[generation.index()].set(pages.round.get());
        let next = pages.first.replace(Some(page));
        page.dirty_next(generation).set(next);
        match next {
            Some(next) => next.dirty_previous(generation).set(Some(page)),
            None => pages.last.set(Some(page)),
        }
    }

    /// Moves the bits of a page that was passed over.
    fn leave_to_full_one(&self, page: Page, from: Generation) {
        self.unlink_dirty(page, from);
        self.link_dirty(page, Generation::Old);
        page.move_candidates(from, Generation::Old);
    }

    /// Takes a page out of the list that it is in.
    fn unlink_dirty(&self, page: Page, generation: Generation) {
        let pages = &self.dirty[generation.index()];
        let round = page.header().dirty.rounds[generation.index()].replace(IN_NO_LIST);
        debug_assert_ne!(round, IN_NO_LIST, "the page is in no list");
        let is_passed_over = round != pages.round.get();
        let first = if is_passed_over { &pages.passed_over } else { &pages.first };
        let previous = page.dirty_previous(generation).take();
        let next = page.dirty_next(generation).take();
        match previous {
            Some(previous) => previous.dirty_next(generation).set(next),
            None => first.set(next),
        }
        match next {
            Some(next) => next.dirty_previous(generation).set(previous),
            None if is_passed_over => {}
            None => pages.last.set(previous),
        }
    }

    /// Takes a page without objects out of all lists.
    pub(crate) fn forget_dirty(&self, page: Page) {
        for generation in Generation::ALL {
            if page.is_listed(generation) {
                self.unlink_dirty(page, generation);
            }
        }
    }
}

impl Page {
    /// Whether it is in a list of pages with candidates of `generation`.
    pub(super) fn is_listed(self, generation: Generation) -> bool {
        self.header().dirty.rounds[generation.index()].get() != IN_NO_LIST
    }

    fn dirty_previous(&self, generation: Generation) -> &Cell<Option<Page>> {
        &self.header().dirty.previous[generation.index()]
    }

    fn dirty_next(&self, generation: Generation) -> &Cell<Option<Page>> {
        &self.header().dirty.next[generation.index()]
    }
}

#[cfg(test)]
impl super::PageHeader {
    pub(crate) fn home(&self) -> &'static Home {
        self.home.get()
    }
}

#[cfg(test)]
impl Home {
    /// As if pages had been passed over so often that few numbers are left. None is listed.
    pub(crate) fn use_up_rounds(&self, left: u32) {
        assert!(!self.has_dirty());
        self.dirty.iter().for_each(|pages| pages.round.set(u32::MAX - left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::state::Collector;
    use crate::gc;
    use crate::pointer::gc_ptr::Gc;
    use crate::trace::contract::Trace;
    use crate::trace::tracer::Tracer;
    use alloc::vec::Vec;
    use core::cell::RefCell;
    use std::thread;

    struct Node<const BYTES: usize> {
        edges: RefCell<Vec<Gc<Node<BYTES>>>>,
        _bytes: [u8; BYTES],
    }

    // SAFETY: the edges are reported once.
    unsafe impl<const BYTES: usize> Trace for Node<BYTES> {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.edges.trace(tracer);
        }
    }

    fn node<const BYTES: usize>() -> Gc<Node<BYTES>> {
        Gc::new(Node { edges: RefCell::default(), _bytes: [0; BYTES] })
    }

    /// An object that holds itself, and nothing else holds.
    fn drop_ring<const BYTES: usize>() {
        let one = node::<BYTES>();
        one.edges.borrow_mut().push(one.clone());
    }

    fn pass_over() {
        Collector::current().schedule.pass_over();
    }

    /// Runs `test` on a heap of its own.
    fn alone(test: impl FnOnce() + Send + 'static) {
        let test = || {
            gc::disable();
            test();
        };
        thread::spawn(test).join().expect("the test passes");
    }

    const SMALL: usize = 8;
    const LARGE: usize = 40_000;

    #[test]
    fn passing_over_looks_at_no_page() {
        alone(|| {
            drop_ring::<SMALL>();
            let page = Page::of(node::<SMALL>().object());
            let home = page.header().home.get();
            assert!(home.has_listed(page, Generation::Young));
            pass_over();
            assert!(page.is_listed(Generation::Young) && !page.is_listed(Generation::Old));
            assert!(!home.has_listed(page, Generation::Young));
            assert_eq!(gc::collect_generation(Generation::Middle), 0, "it was passed over");
            assert!(page.is_listed(Generation::Young), "no full collection needed it");
            assert_eq!(gc::collect(), 1);
            assert!(!home.has_dirty());
        });
    }

    #[test]
    fn a_page_that_was_passed_over_can_have_young_candidates_again() {
        alone(|| {
            for round in 0..3 {
                drop_ring::<SMALL>();
                drop_ring::<LARGE>();
                assert_eq!(gc::collect_generation(Generation::Young), 2, "round {round}");
                drop_ring::<SMALL>();
                drop_ring::<LARGE>();
                pass_over();
            }
            assert_eq!(gc::collect_generation(Generation::Middle), 0);
            assert_eq!(gc::collect(), 6);
        });
    }

    #[test]
    fn pages_leave_the_lists_from_any_place_when_they_become_empty() {
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0]] {
            for passed_over in 0..=3 {
                alone(move || {
                    let mut nodes: Vec<_> = (0..3).map(|_| Some(node::<LARGE>())).collect();
                    for (index, node) in nodes.iter().enumerate() {
                        drop(node.clone());
                        if index + 1 == passed_over {
                            pass_over();
                        }
                    }
                    let home = Page::of(nodes[0].as_ref().unwrap().object()).header().home.get();
                    for index in order {
                        assert!(home.has_dirty());
                        nodes[index] = None;
                    }
                    assert!(!home.has_dirty());
                    drop_ring::<LARGE>();
                    assert_eq!(gc::collect_generation(Generation::Young), 1);
                });
            }
        }
    }

    #[test]
    fn rounds_start_again_when_their_numbers_are_used_up() {
        alone(|| {
            let first = node::<SMALL>();
            let home = Page::of(first.object()).header().home.get();
            home.use_up_rounds(2);
            for round in 0..6 {
                drop_ring::<SMALL>();
                drop_ring::<LARGE>();
                pass_over();
                drop_ring::<SMALL>();
                assert_eq!(gc::collect_generation(Generation::Young), 1, "round {round}");
            }
            assert_eq!(gc::collect(), 12);
            assert!(!home.has_dirty());
        });
    }
}
