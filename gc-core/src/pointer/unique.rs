//! What the only handle to a value allows: `&mut` to the value, and moving it out.
//!
//! [`Gc::get_mut`] returns a guard and not a plain `&mut T`. While the reference lives
//! the program may allocate, an allocation may start a collection, and the collection
//! would look at the value through a pointer of its own. So the guard flags the object
//! EXCLUSIVE while it exists: collections and heap walks do not look into it, and the
//! objects that it refers to count as held from outside. For an acyclic type that makes no
//! difference, so there the object may stay EXCLUSIVE, and the `&mut` may be a plain one.
//!
//! An object is unique if it has one handle, no weak handles, and is not the key of a
//! weak map. Each of these could make another handle while a `&mut` lives.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::iter;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};
#[cfg(feature = "sites")]
use core::panic::Location;

use crate::collect::activity::Activity;
use crate::collect::death::{bury, give_up};
use crate::collect::ephemerons::Detached;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
#[cfg(feature = "sites")]
use crate::memory::sites::correct_site;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::pointer::construct::Unbuilt;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::has_weak_handles;
use crate::trace::contract::{Acyclic, Trace};
use crate::trace::extent::Extent;
use crate::watch::ephemeron;
use crate::watch::tables::is_interned;
use crate::watch::watches::{self, Callback, WatchRef};

/// `&mut` access to the value of an object that has no other handle; see
/// [`Gc::get_mut`] and [`Gc::make_mut`].
///
/// While the guard exists, the collector does not look into the object. Forgetting the
/// guard is safe, but the collector does not look into the object again before the next guard
/// is dropped: it does not find a cycle through the object.
///
/// For types that cannot be part of a cycle, [`into_mut`](GcMut::into_mut) gives a plain `&mut`.
///
/// # Invariants
///
/// `gc` is the only handle to its object, which no weak handle and no weak map
/// knows, and which is flagged EXCLUSIVE.
pub struct GcMut<'a, T: ?Sized> {
    gc: &'a mut Gc<T>,
}

impl<'a, T: ?Sized> GcMut<'a, T> {
    /// # Panics
    ///
    /// If another handle exists or could be made.
    fn new(gc: &'a mut Gc<T>) -> Self {
        let object = gc.object();
        assert!(is_unique(object));
        object.set(Flags::EXCLUSIVE);
        GcMut { gc }
    }
}

impl<'a, T: Acyclic + ?Sized> GcMut<'a, T> {
    /// A plain `&mut` to the value, which may outlive the guard: for functions that return
    /// one, such as that of `DerefMut`.
    ///
    /// The collector does not look into the object again before the next guard for it is
    /// dropped. It would find nothing there, since the type is [`Acyclic`]; a heap snapshot
    /// shows the object [without its edges](GcMut).
    ///
    /// For other types there is no such function: cycles through the object would never be
    /// freed. A function of yours can return the guard instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # use gc_core as gcycle;
    /// use std::ops::{Deref, DerefMut};
    ///
    /// use gcycle::{Gc, GcMut};
    ///
    /// /// Names that are copied when a clone of them is changed.
    /// #[derive(Clone)]
    /// struct Names(Gc<Vec<String>>);
    ///
    /// impl Deref for Names {
    ///     type Target = Vec<String>;
    ///
    ///     fn deref(&self) -> &Vec<String> {
    ///         &self.0
    ///     }
    /// }
    ///
    /// impl DerefMut for Names {
    ///     fn deref_mut(&mut self) -> &mut Vec<String> {
    ///         GcMut::into_mut(Gc::make_mut(&mut self.0))
    ///     }
    /// }
    ///
    /// let mut names = Names(Gc::new(vec!["Ada".into()]));
    /// let before = names.clone();
    /// names.push("Bob".into());
    /// assert_eq!((names.len(), before.len()), (2, 1));
    /// ```
    #[must_use = "it only gives out a reference"]
    pub fn into_mut(this: Self) -> &'a mut T {
        // The object stays EXCLUSIVE, since nobody knows when the reference dies.
        let this = ManuallyDrop::new(this);
        let mut value = this.gc.value_ptr();
        // SAFETY: by the type invariant of `GcMut` there is no other handle and none can be
        // made, and since the object is EXCLUSIVE the collector does not look at the value.
        // The flag is cleared only by the drop of another guard, and when the last handle is
        // given up. Both need the handle, which is borrowed as long as the reference lives.
        unsafe { value.as_mut() }
    }
}

impl<T: ?Sized> Deref for GcMut<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.gc
    }
}

impl<T: ?Sized> DerefMut for GcMut<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        let mut value = self.gc.value_ptr();
        // SAFETY: by the type invariant of `GcMut` there is no other handle and
        // none can be made, and since the object is EXCLUSIVE the collector does
        // not look at the value. The guard is borrowed as long as the reference.
        unsafe { value.as_mut() }
    }
}

impl<T: ?Sized> Drop for GcMut<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.gc.object().clear(Flags::EXCLUSIVE);
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for GcMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display + ?Sized> fmt::Display for GcMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Whether the only way to the value is the one handle that there is.
fn is_unique(object: ObjPtr) -> bool {
    has_one_handle(object)
        && !has_weak_handles(object)
        && !ephemeron::is_key(object)
        && !is_interned(object)
}

/// Whether the value has one handle, and no `trace` looks at it: the panic hook of one may
/// have that handle.
fn has_one_handle(object: ObjPtr) -> bool {
    object.strong() == 1 && !Activity::current().is_looked_at(object)
}

impl<T: ?Sized> Gc<T> {
    /// Mutable access to the value, if this is the only handle to it and there
    /// are no weak handles.
    ///
    /// It also returns `None` in a panic hook, if the panic comes from a hand-written
    /// `trace` that is looking at the value.
    ///
    /// A key of a [`WeakMap`](crate::weak::WeakMap) counts as having a weak handle,
    /// because the map can make handles to its keys; so does an
    /// [interned](crate::intern::intern) string.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let mut a = Gc::new(3);
    /// *Gc::get_mut(&mut a).unwrap() = 4;
    /// assert_eq!(*a, 4);
    ///
    /// let _b = a.clone();
    /// assert!(Gc::get_mut(&mut a).is_none());
    /// ```
    #[must_use]
    pub fn get_mut(this: &mut Self) -> Option<GcMut<'_, T>> {
        is_unique(this.object()).then(|| GcMut::new(this))
    }

    /// Mutable access to the value. If the value is shared, it is first cloned into an
    /// object of its own (copy on write).
    ///
    /// If there are weak handles but no other `Gc`, the value is moved to a new object
    /// instead, and the weak handles no longer upgrade. If `clone` panics, nothing has
    /// changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let mut a = Gc::new(75);
    /// let b = a.clone();
    /// *Gc::make_mut(&mut a) += 1;
    /// assert_eq!((*a, *b), (76, 75));
    /// ```
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn make_mut(this: &mut Self) -> GcMut<'_, T>
    where
        T: CloneValue,
    {
        // User code that runs in between may make handles to the new object,
        // having found it by a heap walk.
        while !is_unique(this.object()) {
            T::separate(this);
            #[cfg(feature = "sites")]
            correct_site(this.object(), Location::caller());
        }
        GcMut::new(this)
    }
}

impl<T: Trace + 'static> Gc<T> {
    /// The value, if this is the only handle to it.
    ///
    /// Weak handles do not prevent this; they no longer upgrade afterwards. The object is
    /// gone but its value lives on, so its finalizer is **not** run.
    ///
    /// # Errors
    ///
    /// Returns the handle if there are others, or if it is called in a panic hook and the
    /// panic comes from a hand-written `trace` that is looking at the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let a = Gc::new(3);
    /// assert_eq!(Gc::try_unwrap(a), Ok(3));
    ///
    /// let a = Gc::new(4);
    /// let b = a.clone();
    /// assert_eq!(Gc::try_unwrap(a), Err(b));
    /// ```
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        if !has_one_handle(this.object()) {
            return Err(this);
        }
        let this = ManuallyDrop::new(this);
        // SAFETY: this is the only handle, and it is not used again.
        Ok(unsafe { move_out(&this) })
    }

    /// Gives up the handle; returns the value if it was the only one.
    ///
    /// As with [`try_unwrap`](Gc::try_unwrap), weak handles do not prevent this, and the
    /// finalizer is not run if the value is returned.
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let a = Gc::new("value");
    /// let b = a.clone();
    /// assert_eq!(Gc::into_inner(a), None);
    /// assert_eq!(Gc::into_inner(b), Some("value"));
    /// ```
    #[must_use = "to give up a handle, use `drop`"]
    pub fn into_inner(this: Self) -> Option<T> {
        Gc::try_unwrap(this).ok()
    }

    /// The value if this is the only handle to it, otherwise a clone.
    ///
    /// As with [`try_unwrap`](Gc::try_unwrap), weak handles do not prevent this, and the
    /// finalizer is not run if the value is moved out.
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let a = Gc::new(String::from("shared"));
    /// let b = a.clone();
    /// assert_eq!(Gc::unwrap_or_clone(a), "shared");
    /// assert_eq!(Gc::unwrap_or_clone(b), "shared");
    /// ```
    #[must_use]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Gc::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

/// Moves the value out of its object.
///
/// # Safety
///
/// `this` is the only handle to the object, and is not used again.
unsafe fn move_out<T>(this: &Gc<T>) -> T {
    let object = this.object();
    let departed = depart(object);
    // SAFETY: the value is there, and nobody looks at it again: the object is
    // DEAD and its last handle is gone.
    let value = unsafe { this.value_ptr().read() };
    // SAFETY: the value was moved out, and the object is no candidate.
    unsafe { bury(object) };
    departed.tell();
    value
}

/// The callbacks and entries that wait for the death of an object whose value was moved
/// away.
struct Departed {
    callbacks: Vec<Callback>,
    entries: Detached,
}

/// How deeply callbacks may nest if each moves the next value out.
const MOST_NESTED: u32 = 16;

std::thread_local! {
    /// For how many departed objects callbacks are being called, each inside the one
    /// before.
    static TELLING: Cell<u32> = const { Cell::new(0) };

    /// The departed objects whose callbacks the outermost one calls when it is done.
    /// Without `Drop`, because objects may die in the drops of other thread-locals; it is
    /// empty then.
    static LATER: ManuallyDrop<RefCell<Vec<Departed>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

impl Departed {
    /// Calls the callbacks that wait for it: now, or after those that have been waiting
    /// for longer.
    ///
    /// Runs user code.
    fn tell(self) {
        if self.callbacks.is_empty() && self.entries.is_empty() {
            return;
        }
        if TELLING.get() >= MOST_NESTED {
            // Without memory no callback is called, and the entries are given up.
            if LATER.with(|later| later.borrow_mut().try_reserve(1)).is_ok() {
                LATER.with(|later| later.borrow_mut().push(self));
            }
            return;
        }
        let is_outermost = TELLING.get() == 0;
        let mut panics = self.tell_now();
        while is_outermost && let Some(next) = next_to_tell() {
            panics.keep(next.tell_now());
        }
        panics.rethrow();
    }

    /// Calls the callbacks, and gives up the entries that weak maps had for the object.
    fn tell_now(self) -> FirstPanic {
        TELLING.set(TELLING.get() + 1);
        watches::call_all(self.callbacks);
        let panics = self.entries.release();
        TELLING.set(TELLING.get() - 1);
        panics
    }
}

/// Takes one that was put off. An empty list keeps no memory.
fn next_to_tell() -> Option<Departed> {
    LATER.with(|later| {
        let mut later = later.borrow_mut();
        let next = later.pop();
        if next.is_none() {
            *later = Vec::new();
        }
        next
    })
}

/// Makes an object DEAD whose value is about to be moved away.
fn depart(object: ObjPtr) -> Departed {
    if object.has(Flags::UNREACHABLE) {
        // A finalizer took it out of the garbage that it was part of.
        Activity::current().forget_unreachable(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    if object.has(Flags::UNFINALIZED) {
        Heap::of(object).uncount_unfinalized();
    }
    let entries = Detached::from_keys(iter::once(object), give_up);
    let callbacks = if object.has(Flags::OBSERVED) {
        watches::forget(object).filter_map(WatchRef::take_callback).collect()
    } else {
        Vec::new()
    };
    object.set(Flags::DEAD);
    Departed { callbacks, entries }
}

mod sealed {
    /// Keeps other crates from implementing a trait.
    #[expect(unnameable_types, reason = "that nobody can name it is its purpose")]
    pub trait Sealed {}
}

/// Types whose values [`Gc::make_mut`] can copy: all that are `Clone`, slices of
/// them, and text.
///
/// It takes the place of the standard library's `CloneToUninit`, and cannot be
/// implemented outside this crate.
pub trait CloneValue: sealed::Sealed {
    /// Makes `this` a handle to an object of its own, with the value or a clone
    /// of it.
    #[doc(hidden)]
    fn separate(this: &mut Gc<Self>);
}

/// Moves the value to a new object if the old one has no other handle, and
/// otherwise clones it with `clone`.
fn separate<T: Extent + ?Sized>(this: &mut Gc<T>, clone: impl FnOnce(&T) -> Gc<T>) {
    if has_one_handle(this.object()) {
        move_to_new_object(this);
    } else {
        *this = clone(this);
    }
}

/// Leaves the old object to its weak handles.
fn move_to_new_object<T: Extent + ?Sized>(this: &mut Gc<T>) {
    let (old, value) = (this.object(), this.value_ptr());
    // No user code runs, so there is still one handle to the old object.
    let unbuilt = Unbuilt::<T>::allocate_quietly(T::len_of(value.as_ptr()));
    if !old.has(Flags::UNFINALIZED) && unbuilt.object().has(Flags::UNFINALIZED) {
        unbuilt.object().clear(Flags::UNFINALIZED);
        Heap::of(unbuilt.object()).uncount_unfinalized();
    }
    let departed = depart(old);
    // SAFETY: nobody looks at the old value again: its object is DEAD, and the
    // only handle to it is replaced.
    let new = unsafe { unbuilt.fill(value) };
    let _uncounted = ManuallyDrop::new(mem::replace(this, new));
    // SAFETY: the value was moved out, and the object is no candidate.
    unsafe { bury(old) };
    departed.tell();
}

impl<T: Clone + Trace + 'static> sealed::Sealed for T {}

impl<T: Clone + Trace + 'static> CloneValue for T {
    fn separate(this: &mut Gc<T>) {
        separate(this, |value| Gc::new(value.clone()));
    }
}

impl<T: Clone + Trace + 'static> sealed::Sealed for [T] {}

impl<T: Clone + Trace + 'static> CloneValue for [T] {
    fn separate(this: &mut Gc<[T]>) {
        separate(this, |items| Gc::from(items));
    }
}

macro_rules! clone_text {
    ($($text:ty),* $(,)?) => {$(
        impl sealed::Sealed for $text {}

        impl CloneValue for $text {
            fn separate(this: &mut Gc<$text>) {
                separate(this, |text| Gc::from(text));
            }
        }
    )*};
}

clone_text! { str, core::ffi::CStr, std::ffi::OsStr, std::path::Path }
