//! Weak references with a callback: what waits for the death of an object.
//!
//! A [`Watch`] stands between the weak handles that one `downgrade_with` made, clones
//! included, and the object. It can be cleared independently of all other weak
//! references. When its handles are gone before the object, its callback is gone too. A
//! registry finds the watches of an object that is flagged OBSERVED, oldest first.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::ephemeron;
use crate::watch::tables::{forget_text, is_interned};

/// The function to call when an object dies.
pub(crate) type Callback = Box<dyn FnOnce()>;

/// The data that the handles of one watch share.
struct Watch {
    /// The object, until it dies or the watch is cleared.
    target: Cell<Option<ObjPtr>>,
    handles: Cell<u32>,
    callback: Cell<Option<Callback>>,
    /// Whether a collection may find the object to be garbage: it is tracked. One that
    /// is tracked only later, as the key of a weak map, does not count.
    is_of_tracked: bool,
    /// The next one in the list of those that are dropped late.
    late: Cell<Option<WatchRef>>,
    /// The place in the list of the object's watches.
    place: Cell<usize>,
}

/// A watch of the current thread.
///
/// # Invariants
///
/// Points at an initialised [`Watch`] with at least one handle, or in the list of those
/// that are dropped late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub(crate) struct WatchRef(NonNull<Watch>);

const _: () = assert!(align_of::<Watch>() > 1, "a weak handle tags the address of its watch");

type Registry = BTreeMap<ObjPtr, Watches>;

/// The watches of an object, oldest first.
///
/// # Invariants
///
/// Each one knows its place. `count` places are taken, at least half of all.
#[derive(Default)]
struct Watches {
    /// `None` where one was that was cleared.
    list: Vec<Option<WatchRef>>,
    count: usize,
}

impl Watches {
    fn push(&mut self, watch: WatchRef) {
        watch.get().place.set(self.list.len());
        self.list.push(Some(watch));
        self.count += 1;
    }

    /// Takes out a watch that is in the list. Many can be taken out in any order: the
    /// others move up once for as many as are left.
    fn remove(&mut self, watch: WatchRef) {
        self.list[watch.get().place.get()] = None;
        self.count -= 1;
        if self.list.len() > 2 * self.count {
            self.close_gaps();
            for (place, watch) in self.list.iter().flatten().enumerate() {
                watch.get().place.set(place);
            }
        }
    }

    /// Moves up those that are left, into less memory if much is unused and there is any.
    fn close_gaps(&mut self) {
        let mut left = Vec::new();
        if self.list.capacity() > 4 * self.count && left.try_reserve_exact(self.count).is_ok() {
            left.extend(self.iter().map(Some));
            self.list = left;
        } else {
            self.list.retain(Option::is_some);
        }
    }

    fn iter(&self) -> impl Iterator<Item = WatchRef> {
        self.list.iter().copied().flatten()
    }
}

std::thread_local! {
    /// Without `Drop`, so that objects can die in other thread-locals' drops;
    /// it is empty when the last watch is gone.
    static REGISTRY: ManuallyDrop<RefCell<Registry>> =
        const { ManuallyDrop::new(RefCell::new(BTreeMap::new())) };

    /// How many watches look at tracked objects.
    static OF_TRACKED: Cell<usize> = const { Cell::new(0) };

    /// Whether callbacks are kept rather than dropped.
    static IS_MUTED: Cell<bool> = const { Cell::new(false) };

    /// The first of the watches whose callbacks were.
    static LATE: Cell<Option<WatchRef>> = const { Cell::new(None) };

    /// How many callbacks are being dropped, each inside of the one before.
    static DROPPING: Cell<u32> = const { Cell::new(0) };
}

/// How deeply drops of callbacks may nest. The captures of a callback may hold the last
/// handle of the next watch, and so on; callbacks that are nested deeper are dropped
/// late.
const MOST_NESTED: u32 = 16;

/// While it exists, the last handle of a watch does not drop the callback, because that
/// may run any code; [`drop_late`] drops it. This happens only to handles that no `trace`
/// reported, for example because they lie in a `RefCell` whose guard was forgotten.
#[derive(Debug)]
pub(crate) struct Muted(());

impl Muted {
    /// Starts keeping callbacks.
    pub(crate) fn new() -> Muted {
        debug_assert!(!IS_MUTED.get(), "one at a time");
        IS_MUTED.set(true);
        Muted(())
    }
}

impl Drop for Muted {
    fn drop(&mut self) {
        IS_MUTED.set(false);
    }
}

/// Lends the registry; an empty one keeps no memory.
fn with_registry<R>(use_it: impl FnOnce(&mut Registry) -> R) -> R {
    REGISTRY.with(|registry| {
        let mut registry = registry.borrow_mut();
        let result = use_it(&mut registry);
        if registry.is_empty() {
            *registry = BTreeMap::new();
        }
        result
    })
}

impl WatchRef {
    /// Watches `target`: a watch with one handle.
    pub(crate) fn new(target: ObjPtr, callback: Callback) -> WatchRef {
        let watch = Watch {
            target: Cell::new(Some(target)),
            handles: Cell::new(1),
            late: Cell::new(None),
            place: Cell::new(0),
            callback: Cell::new(Some(callback)),
            is_of_tracked: !target.has(Flags::UNTRACKED),
        };
        OF_TRACKED.set(OF_TRACKED.get() + usize::from(watch.is_of_tracked));
        let watch = WatchRef(NonNull::from(Box::leak(Box::new(watch))));
        with_registry(|registry| registry.entry(target).or_default().push(watch));
        target.set(Flags::OBSERVED);
        watch
    }

    /// The watch at `address`.
    ///
    /// # Safety
    ///
    /// The invariants of the type hold for `address`.
    pub(crate) unsafe fn from_address(address: NonNull<()>) -> WatchRef {
        WatchRef(address.cast())
    }

    /// The address, which identifies the watch.
    pub(crate) fn address(self) -> NonNull<()> {
        self.0.cast()
    }

    fn get(&self) -> &Watch {
        // SAFETY: by the type invariant of `WatchRef`; everything that changes
        // is a cell.
        unsafe { self.0.as_ref() }
    }

    /// The object, if it did not die.
    pub(crate) fn target(self) -> Option<ObjPtr> {
        self.get().target.get()
    }

    /// Stops watching the object, and returns it.
    fn take_target(self) -> Option<ObjPtr> {
        let target = self.get().target.take()?;
        OF_TRACKED.set(OF_TRACKED.get() - usize::from(self.get().is_of_tracked));
        Some(target)
    }

    /// The number of handles.
    pub(crate) fn handles(self) -> u32 {
        self.get().handles.get()
    }

    /// Counts one more handle.
    ///
    /// A count that reaches the largest number never changes again: the watch leaks, so
    /// that it is not freed under a handle that was not counted.
    pub(crate) fn retain(self) {
        self.get().handles.set(self.handles().saturating_add(1));
    }

    /// Gives up one handle; the last one takes the watch with it, and its
    /// callback is dropped without having run.
    ///
    /// Runs user code, unless it is [`Muted`]: the drop of the callback.
    ///
    /// # Safety
    ///
    /// The handle is not used again.
    pub(crate) unsafe fn release(self) {
        let handles = self.handles();
        if handles == u32::MAX {
            return;
        }
        self.get().handles.set(handles - 1);
        if handles > 1 {
            return;
        }
        self.clear();
        if IS_MUTED.get() || DROPPING.get() >= MOST_NESTED {
            self.get().late.set(LATE.replace(Some(self)));
            return;
        }
        let is_outermost = DROPPING.get() == 0;
        // SAFETY: that was the last handle.
        let mut panics = FirstPanic::of(|| unsafe { self.free() });
        if is_outermost {
            panics.keep(drop_late());
        }
        panics.rethrow();
    }

    /// Drops the callback.
    ///
    /// # Safety
    ///
    /// No handle is left, and the watch is in no list.
    unsafe fn free(self) {
        /// One more callback is being dropped.
        struct Nested(());
        impl Drop for Nested {
            fn drop(&mut self) {
                DROPPING.set(DROPPING.get() - 1);
            }
        }

        DROPPING.set(DROPPING.get() + 1);
        let _nested = Nested(());
        // SAFETY: `new` leaked this box, and nobody knows it any more.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }

    /// Stops watching the object; its death no longer calls the callback.
    pub(crate) fn clear(self) {
        if let Some(target) = self.take_target() {
            self.unregister(target);
        }
    }

    fn unregister(self, target: ObjPtr) {
        with_registry(|registry| {
            let Some(watches) = registry.get_mut(&target) else { return };
            watches.remove(self);
            if watches.count == 0 {
                registry.remove(&target);
                observe_no_more(target);
            }
        });
    }

    /// Takes the callback, to call it.
    pub(crate) fn take_callback(self) -> Option<Callback> {
        self.get().callback.take()
    }
}

/// Drops the callbacks that were kept while it was [`Muted`], or since others were being
/// dropped; returns the first panic.
///
/// Runs user code.
pub(crate) fn drop_late() -> FirstPanic {
    let mut panics = FirstPanic::none();
    while let Some(watch) = LATE.get() {
        LATE.set(watch.get().late.get());
        // SAFETY: the list was all that kept the watch, and it is not in it any more.
        panics.catch(|| unsafe { watch.free() });
    }
    panics
}

/// Whether callbacks are still to be dropped.
#[cfg(feature = "isolates")]
pub(crate) fn has_late() -> bool {
    LATE.get().is_some()
}

/// Whether any callback waits for the death of an object.
pub(crate) fn is_in_use() -> bool {
    LATE.get().is_some() || with_registry(|registry| !registry.is_empty())
}

/// Whether a collection may find garbage that a callback waits for.
pub(crate) fn watch_tracked() -> bool {
    OF_TRACKED.get() > 0
}

/// No watch looks at `target` any more; the tables of the heap may lead to it.
fn observe_no_more(target: ObjPtr) {
    if !ephemeron::is_key(target) && !is_interned(target) {
        target.clear(Flags::OBSERVED);
    }
}

/// Clears all watches of `target`, then calls their callbacks, newest first. Panics are
/// reported by the panic hook and not rethrown.
///
/// It allocates nothing: an object can die when memory has run out.
///
/// Runs user code.
pub(crate) fn notify(target: ObjPtr) {
    forget_text(target);
    let watches = take_watches(target);
    // A callback may drop the handles of another watch.
    for watch in watches.iter() {
        watch.retain();
    }
    for watch in watches.list.into_iter().rev().flatten() {
        if let Some(callback) = watch.take_callback() {
            drop(FirstPanic::of(callback));
        }
        // SAFETY: this handle was counted above.
        unsafe { watch.release() };
    }
}

/// Calls `callbacks`. Panics are reported by the panic hook and not rethrown.
///
/// Runs user code.
pub(crate) fn call_all(callbacks: Vec<Callback>) {
    for callback in callbacks {
        drop(FirstPanic::of(callback));
    }
}

/// The number of weak handles with a callback that watch `target`. They are added up when
/// somebody asks, so that a clone of a handle need not look its object up.
pub(crate) fn handles_of(target: ObjPtr) -> usize {
    if !target.has(Flags::OBSERVED) {
        return 0;
    }
    with_registry(|registry| {
        let watches = registry.get(&target).into_iter().flat_map(Watches::iter);
        watches.map(|watch| watch.handles() as usize).sum()
    })
}

/// The number of watches of `target`.
pub(crate) fn watches_of(target: ObjPtr) -> usize {
    if !target.has(Flags::OBSERVED) {
        return 0;
    }
    with_registry(|registry| registry.get(&target).map_or(0, |watches| watches.count))
}

/// Clears all watches of `target`, which is beyond help, and returns them, newest first. It is
/// interned no more.
pub(crate) fn forget(target: ObjPtr) -> impl Iterator<Item = WatchRef> {
    forget_text(target);
    clear_watches(target)
}

/// Clears all watches of `target`, which may still be resurrected, and returns them, newest first.
/// Text stays interned.
pub(crate) fn clear_watches(target: ObjPtr) -> impl Iterator<Item = WatchRef> {
    take_watches(target).list.into_iter().rev().flatten()
}

/// Clears all watches of `target` and returns them, oldest first.
fn take_watches(target: ObjPtr) -> Watches {
    let watches = with_registry(|registry| registry.remove(&target)).unwrap_or_default();
    for watch in watches.iter() {
        watch.take_target();
    }
    observe_no_more(target);
    watches
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::rc::Rc;

    use crate::Weak;
    use crate::pointer::gc_ptr::Gc;

    /// So many clones were forgotten.
    fn forget_clones<T>(weak: &Weak<T>, count: u32) {
        let address = weak.raw().cast::<()>().as_ptr().map_addr(|address| address & !1);
        // SAFETY: a handle with a callback is the address of its watch, with the lowest
        // bit set.
        let watch = unsafe { WatchRef::from_address(NonNull::new(address).unwrap()) };
        watch.get().handles.set(count);
    }

    #[test]
    fn a_count_of_weak_handles_with_a_callback_that_saturates_keeps_the_watch() {
        let called: Rc<Cell<u32>> = Rc::default();
        let text = Gc::new(alloc::string::String::from("text"));
        let notice = Rc::clone(&called);
        let weak = Gc::downgrade_with(&text, move || notice.set(notice.get() + 1));
        forget_clones(&weak, u32::MAX - 1);
        let more = [(); 5].map(|()| weak.clone());
        drop((more, weak));
        assert_eq!(Gc::weak_count(&text), u32::MAX as usize);
        drop(text);
        assert_eq!(called.get(), 1, "the object dies like any other");
    }

    #[test]
    fn the_list_of_many_watches_gives_its_memory_back() {
        let count = if cfg!(miri) { 40 } else { 10_000 };
        let text = Gc::new(alloc::string::String::from("text"));
        let mut handles: Vec<_> = (0..count).map(|_| Gc::downgrade_with(&text, || ())).collect();
        let capacity = || with_registry(|registry| registry[&text.object()].list.capacity());
        assert!(capacity() >= count);
        handles.drain(1..count - 1);
        assert!(capacity() < 16, "{} for 2", capacity());
        assert_eq!(Gc::weak_count(&text), 2);
    }

    #[test]
    fn callbacks_that_are_left_run_newest_first_whichever_were_given_up() {
        let text = Gc::new(alloc::string::String::from("text"));
        let called: Rc<RefCell<Vec<usize>>> = Rc::default();
        let notice = |number| {
            let called = Rc::clone(&called);
            move || called.borrow_mut().push(number)
        };
        let mut handles: Vec<Option<Weak<_>>> =
            (0..40).map(|number| Some(Gc::downgrade_with(&text, notice(number)))).collect();
        for number in 0..40 {
            // 7 is prime to 40: every place once. Every third stays.
            let place = number * 7 % 40;
            if place % 3 != 0 {
                handles[place] = None;
            }
            let left = handles.iter().flatten().count();
            assert_eq!((Gc::weak_count(&text), watches_of(text.object())), (left, left));
        }
        drop(text);
        let expected: Vec<usize> = (0..40).rev().filter(|number| number % 3 == 0).collect();
        assert_eq!(*called.borrow(), expected);
    }
}
