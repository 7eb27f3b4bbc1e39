//! [`Detached`]: an isolate on its way from one thread to another.

use alloc::vec::Vec;
use core::fmt;
use core::mem::ManuallyDrop;

use super::check::{Escapes, find_escapes};
use super::escape::{Escape, EscapeKind};
use super::handle::Isolate;
use crate::collect::activity::Activity;
use crate::collect::collection::{Reason, collect};
use crate::collect::in_slices::{give_up, is_running};
use crate::collect::isolated::IsolatedHeap;
use crate::object::generation::Generation;
use crate::object::unwind::FirstPanic;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;
use crate::trace::movable::Movable;

impl<R: Trace + 'static> Isolate<R> {
    /// Takes the heap away from this thread, so that it can go to another, if nothing that stays
    /// behind refers to it.
    ///
    /// Reference counts prove that. One walk over the heap, from the root, compares the count of each
    /// object with the handles that the objects of the heap own themselves. If they agree for all but
    /// the root, which has one handle more, nobody else has any, wherever he may have hidden it.
    /// Garbage is collected first, if the walk finds some; see below for the time. Weak handles are counted as well. So it does not matter what the program did with
    /// its handles meanwhile, only what is left of them now. What the values share with this thread by
    /// other means than handles cannot be counted; [`Movable`] rules that out.
    ///
    /// The walk takes two to three times as long as a full collection of the heap, three to four
    /// times in a random graph of a million objects: 35 ns an object in a small heap. If there is
    /// garbage, a full collection runs, and the walk is repeated; the next time, the collection comes
    /// first.
    ///
    /// # Errors
    ///
    /// If something keeps the heap here, the isolate is given back as it was, together with a list of
    /// such things: [`NotIsolated::escapes`]. These are handles and weak handles outside of the heap
    /// or where `trace` does not see them; handles to objects of other heaps, and cells and locks
    /// that cannot be looked into, which may hold such handles; weak callbacks and registered
    /// finalizers that wait for an object, and weak handles with a callback in an object; weak maps
    /// that do not lie in the same heap as their keys; callbacks of the heap's collections; objects that
    /// are just being dropped. While a collection or a heap tool
    /// is at work on this thread, or the thread is inside of the isolate, nothing can be detached.
    ///
    /// # Panics
    ///
    /// If a hand-written `trace` does. Panics of finalizers and drops in the collection are rethrown as
    /// by [`gc::collect`](crate::gc::collect). The isolate is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// use gcycle::{Gc, Isolate};
    ///
    /// let isolate = Isolate::new(|| RefCell::new(vec![Gc::new(1), Gc::new(2)]));
    /// let two = isolate.enter(|list| Gc::clone(&list.borrow()[1]));
    ///
    /// let refused = isolate.detach().unwrap_err();
    /// assert_eq!(refused.to_string(), "not isolated: 1 handle from outside to i32 at root[1]");
    ///
    /// drop(two);
    /// let isolate = refused.into_isolate();
    /// assert!(isolate.detach().is_ok());
    /// ```
    pub fn detach(self) -> Result<Detached<R>, NotIsolated<R>>
    where
        R: Movable,
    {
        let escapes = self.escapes();
        if escapes.count > 0 {
            return Err(NotIsolated::new(self, escapes));
        }
        // SAFETY: nothing but this isolate refers to the heap, and no code of the program ran since
        // that was found out.
        Ok(unsafe { self.let_go() })
    }

    /// Takes the heap away from this thread.
    ///
    /// # Safety
    ///
    /// Nothing that is not in the heap refers to an object in it, weakly or not; no object in it
    /// refers to one of another heap; nothing waits for the death of any of its objects, or for its
    /// collections; none of its objects is being made or dropped, no collection runs. All values in
    /// it can be used on the thread that gets it.
    pub unsafe fn detach_unchecked(self) -> Detached<R> {
        self.give_up_slices();
        // SAFETY: as promised by the caller.
        unsafe { self.let_go() }
    }

    /// # Safety
    ///
    /// As for [`detach_unchecked`](Isolate::detach_unchecked), and no collection in slices runs.
    unsafe fn let_go(self) -> Detached<R> {
        self.heap().let_go();
        // SAFETY: as promised by the caller.
        unsafe { Detached::of(self.into_parts()) }
    }

    /// What leads into the heap, or out of it.
    ///
    /// Runs user code: finalizers, drops.
    fn escapes(&self) -> Escapes {
        // A heap without garbage need not be collected. Whether it has some shows in the same walk,
        // but it takes as long as a collection: one that had some the last time is collected first.
        if !self.heap().had_garbage() {
            let escapes = self.look_for_escapes();
            if escapes.count == 0 {
                return escapes;
            }
        }
        if !self.heap().is_entered() && Activity::current().is_idle() {
            let collected = self.heap().enter(|| collect(Generation::Old, Reason::Request));
            self.heap().note_garbage(collected > 0);
        }
        self.look_for_escapes()
    }

    /// The same, of the heap as it is. A collection in slices is given up.
    ///
    /// Runs user code: drops.
    fn look_for_escapes(&self) -> Escapes {
        if !self.heap().is_entered() && Activity::current().is_idle() {
            self.give_up_slices();
        }
        let is_busy = self.heap().enter(is_running) || !Activity::current().is_idle();
        if is_busy || self.heap().is_entered() {
            return Escapes::only(EscapeKind::Busy);
        }
        let escapes = self.heap().enter(|| find_escapes(self.heap().heap(), self.root()));
        if self.heap().collector().callbacks.is_empty() {
            escapes
        } else {
            Escapes::only(EscapeKind::Callbacks)
        }
    }

    /// Runs user code: drops, callbacks.
    fn give_up_slices(&self) {
        self.heap().enter(|| drop(FirstPanic::of(|| give_up(self.heap().collector()).rethrow())));
    }
}

/// An isolate on its way: no thread refers to it.
///
/// It is `Send`, so that it can be kept where several threads find it: in a channel, or in a
/// `Mutex<Option<Detached<_>>>` for a session between two requests. [`attach`](Detached::attach)
/// makes it an isolate of the thread that has it. If it is dropped, it is attached first, and its
/// finalizers and drops run on that thread.
///
/// # Invariants
///
/// Nothing outside of the heap refers to anything in it, nothing in it to anything outside, and no
/// thread has taken it over.
pub struct Detached<R: Trace + 'static> {
    parts: ManuallyDrop<(Gc<R>, IsolatedHeap)>,
}

// SAFETY: by the type invariant only whoever has this value reaches the heap. All objects in it can
// be reached from the root, so that their types are those that `R: Movable` speaks for.
unsafe impl<R: Movable + 'static> Send for Detached<R> {}

impl<R: Trace + 'static> Detached<R> {
    /// # Safety
    ///
    /// The type invariant holds for the `parts` of an isolate.
    pub(super) unsafe fn of(parts: (Gc<R>, IsolatedHeap)) -> Detached<R> {
        Detached { parts: ManuallyDrop::new(parts) }
    }

    /// The isolate, which belongs to this thread from now on. Takes constant time.
    #[must_use]
    pub fn attach(self) -> Isolate<R> {
        let mut detached = ManuallyDrop::new(self);
        // SAFETY: the value is not used again.
        unsafe { detached.take() }
    }

    /// # Safety
    ///
    /// The value is not used again.
    unsafe fn take(&mut self) -> Isolate<R> {
        // SAFETY: as promised by the caller.
        let parts = unsafe { ManuallyDrop::take(&mut self.parts) };
        parts.1.take_over();
        Isolate::of_parts(parts)
    }
}

impl<R: Trace + 'static> Drop for Detached<R> {
    /// As that of the isolate, on this thread.
    fn drop(&mut self) {
        // SAFETY: the value is not used again.
        drop(unsafe { self.take() });
    }
}

impl<R: Trace + 'static> fmt::Debug for Detached<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached").finish_non_exhaustive()
    }
}

/// The error of [`Isolate::detach`]: the isolate, and what keeps it here.
pub struct NotIsolated<R: Trace + 'static> {
    isolate: Isolate<R>,
    escapes: Vec<Escape>,
    count: usize,
}

impl<R: Trace + 'static> NotIsolated<R> {
    pub(super) fn new(isolate: Isolate<R>, escapes: Escapes) -> NotIsolated<R> {
        NotIsolated { isolate, escapes: escapes.listed, count: escapes.count }
    }

    /// The isolate, as it was.
    #[must_use]
    pub fn into_isolate(self) -> Isolate<R> {
        self.isolate
    }

    /// What keeps it here: the first hundred of such things.
    #[must_use]
    pub fn escapes(&self) -> &[Escape] {
        &self.escapes
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl<R: Trace + 'static> fmt::Display for NotIsolated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 3;
        f.write_str("not isolated: ")?;
        for (position, escape) in self.escapes.iter().take(SHOWN).enumerate() {
            f.write_str(if position > 0 { "; " } else { "" })?;
            fmt::Display::fmt(escape, f)?;
        }
        match self.count.saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl<R: Trace + 'static> fmt::Debug for NotIsolated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotIsolated").field("escapes", &self.escapes).finish_non_exhaustive()
    }
}

impl<R: Trace + 'static> core::error::Error for NotIsolated<R> {}
