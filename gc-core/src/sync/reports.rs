//! [`Reports`]: what the values of shared objects report, in one collection.

use alloc::vec::Vec;
use core::ptr::NonNull;
use core::sync::atomic::AtomicPtr;
use core::sync::atomic::Ordering::Relaxed;
use std::sync::MutexGuard;
use std::thread;

use crate::object::edges::EdgeBuffer;
use crate::object::prefetch::prefetch;
use crate::object::shared_edges::Keeping;
use crate::object::unwind::FirstPanic;
use crate::sync::callbacks;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::lists;
use crate::sync::locks::{self, Reading};
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::object::Object;
use crate::sync::protocol::traced::{Traced, Tracing};
use crate::sync::protocol::weak_count::WeakCount;
use crate::sync::protocol::word::Word;

/// Receives the reports, and the panics of hand-written `trace` implementations.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    edges: EdgeBuffer,
    /// Whether guards are kept when an object was traced.
    keeps_guards: bool,
    deciding: Option<MutexGuard<'static, ()>>,
    reading: Option<Reading>,
    /// Their payloads are code of the program, and wait until no lock is held.
    panics: Vec<FirstPanic>,
}

impl Reports {
    /// The panics.
    pub(crate) fn into_panics(self) -> Vec<FirstPanic> {
        self.panics
    }

    /// Traces one object; says whether every guard was kept that had to be.
    ///
    /// # Safety
    ///
    /// As for [`Traced::trace`].
    unsafe fn trace(&mut self, object: ObjectPtr) -> bool {
        let panic = FirstPanic::of(|| {
            self.edges.start();
            // SAFETY: as promised by the caller.
            unsafe { object.trace(&mut self.edges) };
            if self.edges.has_put_off() {
                self.edges.catch_up();
            }
        });
        let is_complete = self.edges.is_complete() && !panic.is_some();
        if panic.is_some() {
            self.edges.give_up();
            self.panics.push(panic);
        }
        self.edges.clear();
        if !self.keeps_guards {
            self.edges.shared().drop_guards();
        }
        is_complete
    }
}

impl Tracing for Reports {
    const PART: usize = 1024;

    const FAR: usize = 4096;

    const SEVERAL: usize = 16;

    // A bit more than the candidates that make a collection due, so that what connects them is
    // asked where there are more.
    const UNDIVIDED: usize = 2 * Self::PART;

    fn begin(&mut self) {
        self.reading = Some(Reading::begin());
    }

    #[inline]
    fn pause(&mut self) {
        if let Some(reading) = &mut self.reading {
            reading.pause();
        }
    }

    fn end(&mut self) {
        self.reading = None;
    }

    fn keep_guards(&mut self) {
        self.keeps_guards = true;
        self.edges.shared().set_keeping(Keeping::OfEdges);
    }

    fn drop_guards(&mut self) {
        self.keeps_guards = false;
        self.edges.shared().set_keeping(Keeping::Few);
        self.edges.shared().drop_guards();
    }

    fn decide(&mut self) {
        self.deciding = Some(locks::deciding());
    }

    fn decided(&mut self) {
        self.deciding = None;
    }
}

/// Passes an edge on to the graph.
///
/// # Safety
///
/// `graph` is that of a collection and not in use, and `target` is the address of an object to which
/// a handle was found.
unsafe fn report(graph: NonNull<()>, target: NonNull<()>, place: usize) {
    // SAFETY: as promised by the caller.
    let graph: &mut Graph<ObjectPtr> = unsafe { graph.cast().as_mut() };
    // SAFETY: as promised by the caller.
    graph.edge(unsafe { ObjectPtr::at(target) }, place);
}

impl Object for ObjectPtr {
    #[inline]
    fn word(&self) -> &Word {
        ObjectPtr::word(*self)
    }

    #[inline]
    fn weak_count(&self) -> &WeakCount {
        ObjectPtr::weak_count(*self)
    }

    fn below(&self) -> &AtomicPtr<()> {
        ObjectPtr::below(*self)
    }

    fn index(&self) -> u32 {
        ObjectPtr::index(*self).load(Relaxed)
    }

    fn set_index(&self, index: u32) {
        ObjectPtr::index(*self).store(index, Relaxed);
    }

    fn undecided<R>(&self, act: impl FnOnce() -> R) -> R {
        let _deciding = locks::deciding();
        act()
    }

    fn unread<R>(&self, act: impl FnOnce() -> R) -> Option<R> {
        locks::unread(act)
    }

    fn take_back(&self) -> bool {
        lists::take_back(*self)
    }

    fn enter_again(self) {
        lists::enter_again(self);
    }

    fn leave_to_all(self) {
        lists::leave_to_all(self);
    }

    #[cold]
    fn yield_now() {
        thread::yield_now();
    }

    #[inline]
    fn prefetch(self) {
        ObjectPtr::prefetch(self);
    }

    #[inline]
    fn prefetch_header(self) {
        ObjectPtr::prefetch_header(self);
    }

    #[inline]
    fn prefetch_place(place: usize) {
        prefetch(core::ptr::without_provenance::<u8>(place));
    }

    fn address(self) -> NonNull<()> {
        ObjectPtr::address(self)
    }

    unsafe fn at(address: NonNull<()>) -> ObjectPtr {
        // SAFETY: as promised by the caller.
        unsafe { ObjectPtr::at(address) }
    }

    unsafe fn drop_value(self) {
        deaths::catch(|| {
            // SAFETY: as promised by the caller.
            unsafe { ObjectPtr::drop_value(self) }
        });
    }

    unsafe fn finalize(self) {
        deaths::catch(|| {
            // SAFETY: the caller has a handle.
            unsafe { ObjectPtr::finalize(self) }
        });
        deaths::release(self);
    }

    fn value_is_gone(self) {
        callbacks::call(self);
    }

    unsafe fn free(self) {
        // SAFETY: as promised by the caller.
        unsafe { ObjectPtr::free(self) }
    }
}

impl Traced for ObjectPtr {
    type Tracing = Reports;

    unsafe fn trace(self, graph: &mut Graph<ObjectPtr>, reports: &mut Reports) -> bool {
        // SAFETY: the graph is not used otherwise before `stop`.
        unsafe { reports.edges.shared().start(NonNull::from(graph).cast(), report) };
        // SAFETY: as promised by the caller.
        let is_complete = unsafe { reports.trace(self) };
        reports.edges.shared().stop();
        is_complete
    }
}
