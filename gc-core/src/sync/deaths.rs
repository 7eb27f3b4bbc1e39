//! Deaths: dropping values and freeing slots, one after the other and never inside each other.
//!
//! The drop of a value may drop the last handle of another object, and so on through a list of a
//! million. So the first death on a thread keeps a queue on its stack, and those that it causes
//! wait there until the value that caused them is gone.

use alloc::vec::Vec;
use core::cell::Cell;
use core::ptr::NonNull;

use crate::object::unwind::FirstPanic;
use crate::sync::callbacks;
use crate::sync::header::ObjectPtr;
use crate::sync::lists::enter;
use crate::sync::protocol::dead::{Dead, bury};
use crate::sync::protocol::word::{Burial, Released};

/// The deaths that are under way on this thread.
struct Deaths<'a> {
    /// Objects whose last handle was dropped.
    waiting: Cell<Vec<(ObjectPtr, Burial)>>,
    /// Those that are left to another thread, if only quiet drops may run here.
    loud: Option<&'a Cell<Dead<ObjectPtr>>>,
    /// The panics of the drops.
    panics: Cell<FirstPanic>,
}

std::thread_local! {
    /// It needs no drop, so that it is there until the thread is gone.
    static DEATHS: Cell<Option<NonNull<Deaths<'static>>>> = const { Cell::new(None) };
}

/// The deaths that are under way.
fn under_way<'a>() -> Option<&'a Deaths<'a>> {
    let deaths = DEATHS.get()?;
    // SAFETY: they are on the stack of `run`, which takes the pointer away before it returns, and
    // is below whoever calls this on the stack.
    Some(unsafe { deaths.as_ref() })
}

/// Whether the drop of a value is under way on this thread.
pub(crate) fn are_under_way() -> bool {
    DEATHS.get().is_some()
}

/// Drops a handle to an object.
///
/// Runs user code: if it was the last, finalizers and drops of values.
#[inline]
pub(crate) fn release(object: ObjectPtr) {
    finish_release(object, object.word().release());
}

/// Does what is left to do when a handle was dropped.
///
/// Runs user code as [`release`] does.
#[inline]
pub(crate) fn finish_release(object: ObjectPtr, released: Released) {
    match released {
        Released::Kept => {}
        Released::NewCandidate => enter(object),
        Released::Last(burial) => die(object, burial),
    }
}

/// Buries an object whose last handle this thread dropped.
///
/// Runs user code: drops of values.
#[cold]
#[inline(never)]
fn die(object: ObjectPtr, burial: Burial) {
    match under_way() {
        Some(deaths) => deaths.add(object, burial),
        None => run(None, || bury(object, burial)).rethrow(),
    }
}

/// Reclaims what a collection found, on this thread.
///
/// Runs user code: drops of values.
pub(crate) fn reclaim(dead: Dead<ObjectPtr>) -> FirstPanic {
    run(None, || dead.reclaim())
}

/// Reclaims what an automatic collection found, if no code of the program runs: this thread may
/// hold a lock that such code needs. Returns what is left to another thread.
///
/// No deaths are [under way](are_under_way).
pub(crate) fn reclaim_quietly(dead: Dead<ObjectPtr>) -> (Dead<ObjectPtr>, FirstPanic) {
    if !dead.objects().all(is_quiet) {
        return (dead, FirstPanic::none());
    }
    debug_assert!(!are_under_way(), "a drop collects automatically");
    let loud = Cell::new(Dead::new());
    let panics = run(Some(&loud), || dead.reclaim());
    (loud.into_inner(), panics)
}

/// Whether no code of the program runs when the object dies, not counting objects that die with it.
fn is_quiet(object: ObjectPtr) -> bool {
    object.drops_quietly() && !callbacks::wait_for(object)
}

/// Runs `code` with a queue for the deaths that it causes, and then empties the queue.
fn run(loud: Option<&Cell<Dead<ObjectPtr>>>, code: impl FnOnce()) -> FirstPanic {
    /// Takes the pointer away.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            DEATHS.set(None);
        }
    }

    if under_way().is_some() {
        code();
        return FirstPanic::none();
    }
    let waiting = Cell::new(Vec::new());
    let deaths = Deaths { waiting, loud, panics: Cell::new(FirstPanic::none()) };
    DEATHS.set(Some(NonNull::from(&deaths).cast()));
    let end = End;
    code();
    deaths.bury_waiting();
    drop(end);
    deaths.panics.into_inner()
}

impl Deaths<'_> {
    fn add(&self, object: ObjectPtr, burial: Burial) {
        if let Some(loud) = self.loud
            && !is_quiet(object)
        {
            let mut dead = loud.replace(Dead::new());
            dead.bury(object, burial);
            return loud.set(dead);
        }
        let mut waiting = self.waiting.take();
        if waiting.try_reserve(1).is_ok() {
            waiting.push((object, burial));
            self.waiting.set(waiting);
        } else {
            self.waiting.set(waiting);
            bury(object, burial);
        }
    }

    fn bury_waiting(&self) {
        while let Some((object, burial)) = self.next() {
            bury(object, burial);
        }
    }

    fn next(&self) -> Option<(ObjectPtr, Burial)> {
        let mut waiting = self.waiting.take();
        let next = waiting.pop();
        self.waiting.set(waiting);
        next
    }
}

/// Runs the drop of a value, and keeps its panic for the end.
pub(crate) fn catch(drop: impl FnOnce()) {
    let panic = FirstPanic::of(drop);
    if panic.is_some()
        && let Some(deaths) = under_way()
    {
        let mut panics = deaths.panics.replace(FirstPanic::none());
        panics.keep(panic);
        deaths.panics.set(panics);
    }
}
