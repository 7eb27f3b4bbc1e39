//! Deaths: dropping values and freeing slots, inside each other as long as the stack is shallow.
//!
//! The drop of a value may drop the last handle of another object, and so on through a list of a
//! million. So the first death on a thread keeps a queue on its stack, and those that it causes too
//! far down wait there until the value that caused them is gone. The panic of each is caught, so that
//! it keeps nothing from dying, and goes on when the first death is over.

use alloc::vec::Vec;
use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::object::stack::stack_address;
use crate::object::unwind::FirstPanic;
use crate::sync::callbacks;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::lists::enter;
use crate::sync::protocol::dead::{Dead, bury};
use crate::sync::protocol::word::{Burial, Released};

/// How much stack deaths may take inside each other before they wait, in bytes.
const MAX_STACK: usize = 4 << 10;

/// The deaths that are under way on this thread.
///
/// # Invariants
///
/// Nothing waits, there are no panics and `has_more` is not set, unless deaths are under way. `loud` is on
/// the stack of the first of them.
struct Deaths {
    /// How far down the stack they happen at once; 0 if none are under way.
    floor: Cell<usize>,
    /// Whether something waits, or there were panics.
    has_more: Cell<bool>,
    /// Objects whose last handle was dropped.
    waiting: Cell<ManuallyDrop<Vec<(ObjectPtr, Burial)>>>,
    /// The panics of the drops.
    panics: Cell<ManuallyDrop<FirstPanic>>,
    /// Those that are left to another thread, if only quiet drops may run here.
    loud: Cell<Option<NonNull<Dead<ObjectPtr>>>>,
}

std::thread_local! {
    /// It needs no drop, so that it is there until the thread is gone.
    static DEATHS: Deaths = const {
        Deaths {
            floor: Cell::new(0),
            has_more: Cell::new(false),
            waiting: Cell::new(ManuallyDrop::new(Vec::new())),
            panics: Cell::new(ManuallyDrop::new(FirstPanic::none())),
            loud: Cell::new(None),
        }
    };
}

/// Whether the drop of a value is under way on this thread.
pub(crate) fn are_under_way() -> bool {
    DEATHS.with(Deaths::are_under_way)
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
    DEATHS.with(|deaths| {
        if deaths.are_under_way() {
            deaths.add(object, burial);
        } else {
            deaths.run(|| bury(object, burial)).rethrow();
        }
    });
}

/// The same, if nothing else refers to the slot, and no finalizers are to run.
///
/// Runs user code: drops of values.
///
/// # Safety
///
/// [`Boxed::new`] has made the object, whose [plain](Burial::is_plain) burial this is.
#[inline(never)]
pub(crate) unsafe fn die_plainly<T: ?Sized>(object: NonNull<Boxed<T>>, burial: Burial) {
    DEATHS.with(|deaths| {
        let here = stack_address();
        let floor = deaths.floor.get();
        if floor == 0 {
            deaths.floor.set(floor_below(here));
        } else if here < floor {
            // SAFETY: the object is not buried yet.
            return deaths.add(unsafe { ObjectPtr::new(object) }, burial);
        }
        // SAFETY: as promised by the caller, nobody else uses the object.
        let grave = unsafe { Boxed::grave(object) };
        catch(|| {
            // SAFETY: a burial is the right to drop the value, and this uses it up.
            unsafe { Boxed::drop_value(object) }
        });
        // SAFETY: the value was dropped, and nobody else has a pointer to the slot.
        unsafe { grave.free() };
        if floor == 0 {
            deaths.end();
        }
    });
}

/// How far down deaths happen at once, if the first one is here. It is not 0, which stands for none.
fn floor_below(here: usize) -> usize {
    here.saturating_sub(MAX_STACK) | 1
}

/// Reclaims what a collection found, on this thread.
///
/// Runs user code: drops of values.
pub(crate) fn reclaim(dead: Dead<ObjectPtr>) -> FirstPanic {
    DEATHS.with(|deaths| deaths.run(|| dead.reclaim()))
}

/// Reclaims what an automatic collection found, if no code of the program runs: this thread may
/// hold a lock that such code needs. Returns what is left to another thread.
pub(crate) fn reclaim_quietly(dead: Dead<ObjectPtr>) -> (Dead<ObjectPtr>, FirstPanic) {
    DEATHS.with(|deaths| {
        if deaths.are_under_way() || !dead.objects().all(is_quiet) {
            return (dead, FirstPanic::none());
        }
        let mut loud = Dead::new();
        deaths.loud.set(Some(NonNull::from(&mut loud)));
        let panics = deaths.run(|| dead.reclaim());
        (loud, panics)
    })
}

/// Whether no code of the program runs when the object dies, not counting objects that die with it.
fn is_quiet(object: ObjectPtr) -> bool {
    object.drops_quietly() && !callbacks::wait_for(object)
}

impl Deaths {
    fn are_under_way(&self) -> bool {
        self.floor.get() != 0
    }

    /// Runs `code` and the deaths that it causes. It does not unwind.
    fn run(&self, code: impl FnOnce()) -> FirstPanic {
        if self.are_under_way() {
            code();
            return FirstPanic::none();
        }
        // What is loud waits, so that every death is looked at.
        let is_restricted = self.loud.get().is_some();
        let floor = if is_restricted { usize::MAX } else { floor_below(stack_address()) };
        self.floor.set(floor);
        code();
        self.finish()
    }

    /// Ends the first death, and rethrows the first panic.
    #[inline]
    fn end(&self) {
        if self.has_more.get() {
            self.finish().rethrow();
        } else {
            self.floor.set(0);
        }
    }

    /// Ends the first death, with those that wait.
    #[cold]
    #[inline(never)]
    fn finish(&self) -> FirstPanic {
        while let Some((object, burial)) = self.next() {
            bury(object, burial);
        }
        drop(ManuallyDrop::into_inner(self.waiting.take()));
        self.loud.set(None);
        self.has_more.set(false);
        self.floor.set(0);
        ManuallyDrop::into_inner(self.panics.replace(ManuallyDrop::new(FirstPanic::none())))
    }

    /// Has an object wait for its burial, here or, if it is too loud, elsewhere.
    #[cold]
    fn add(&self, object: ObjectPtr, burial: Burial) {
        if let Some(mut loud) = self.loud.get()
            && !is_quiet(object)
        {
            // SAFETY: by the type invariant; nothing that is called with the reference comes here.
            return unsafe { loud.as_mut() }.bury(object, burial);
        }
        self.has_more.set(true);
        let mut waiting = self.waiting.take();
        let has_room = waiting.try_reserve(1).is_ok();
        if has_room {
            waiting.push((object, burial));
        }
        self.waiting.set(waiting);
        if !has_room {
            bury(object, burial);
        }
    }

    fn next(&self) -> Option<(ObjectPtr, Burial)> {
        let mut waiting = self.waiting.take();
        let next = waiting.pop();
        self.waiting.set(waiting);
        next
    }

    /// Keeps a panic for the end.
    #[cold]
    fn note(&self, panic: FirstPanic) {
        self.has_more.set(true);
        let none = ManuallyDrop::new(FirstPanic::none());
        let mut panics = ManuallyDrop::into_inner(self.panics.replace(none));
        panics.keep(panic);
        // The drop of a payload may have panicked in here again.
        drop(ManuallyDrop::into_inner(self.panics.replace(ManuallyDrop::new(panics))));
    }
}

/// Runs the drop of a value, while deaths are under way, and keeps its panic for the end.
pub(crate) fn catch(drop: impl FnOnce()) {
    let panic = FirstPanic::of(drop);
    if panic.is_some() {
        DEATHS.with(|deaths| deaths.note(panic));
    }
}
