//! What the only handle to a value allows: `&mut` to the value, and moving it out.
//!
//! [`Gc::get_mut`] returns a guard and not a plain `&mut T`: while the reference lives, a collection on
//! another thread must not look at the value. The guard says so in the word of the object, and takes
//! that back when it is dropped.

use core::fmt;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};

use crate::sync::contract::Shared;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::lists::enter;
use crate::sync::protocol::exclusive::{Detach, Detached, detach, exclude};
use crate::sync::protocol::word::Released;

/// Exclusive access to the value of a shared object; see [`Gc::get_mut`].
///
/// If it is forgotten, collections do not look at the value any more until another handle is made.
///
/// # Invariants
///
/// It is the only handle, there are no weak ones, and no collection reads the value.
pub struct GcMut<'a, T: ?Sized> {
    gc: &'a mut Gc<T>,
}

impl<'a, T: ?Sized> GcMut<'a, T> {
    fn try_new(gc: &'a mut Gc<T>) -> Option<Self> {
        exclude(gc.object()).then(|| GcMut { gc })
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
        // SAFETY: by the type invariant nobody else uses the value, and the guard is borrowed as long
        // as the reference.
        unsafe { &mut (*self.gc.boxed().as_ptr()).value }
    }
}

impl<T: ?Sized> Drop for GcMut<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.gc.object().word().include();
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

impl<T: ?Sized> Gc<T> {
    /// Exclusive access to the value, if this is the only handle and there are no weak ones.
    ///
    /// It does not fail because a collection looks at the object: it waits for a pause of that
    /// collection. A `trace` or a panic hook that a collection runs gets `None` instead.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let mut a = Gc::new(1);
    /// *Gc::get_mut(&mut a).expect("nobody else has it") += 1;
    /// assert_eq!(*a, 2);
    ///
    /// let b = a.clone();
    /// assert!(Gc::get_mut(&mut a).is_none());
    /// # drop(b);
    /// ```
    #[must_use]
    pub fn get_mut(this: &mut Self) -> Option<GcMut<'_, T>> {
        GcMut::try_new(this)
    }
}

impl<T> Gc<T> {
    /// The value, if this is the only handle; weak ones do not matter, and get none any more.
    ///
    /// As [`get_mut`](Gc::get_mut), it waits for a collection rather than fail.
    ///
    /// # Errors
    ///
    /// If there are other handles, this one comes back.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let a = Gc::new(String::from("a"));
    /// assert_eq!(Gc::try_unwrap(a), Ok(String::from("a")));
    /// ```
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        match detach(this.object()) {
            Detach::Done(detached) => Ok(take(this, detached)),
            Detach::Shared | Detach::Refused => Err(this),
        }
    }

    /// Drops the handle, and returns the value if it was the last. If all threads that have handles
    /// call this, one of them gets the value. A `trace` or a panic hook that a collection runs gets
    /// `None`.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let a = Gc::new(1);
    /// let b = a.clone();
    /// assert_eq!((Gc::into_inner(a), Gc::into_inner(b)), (None, Some(1)));
    /// ```
    #[must_use = "to give up a handle, use `drop`"]
    pub fn into_inner(this: Self) -> Option<T> {
        let object = this.object();
        loop {
            match detach(object) {
                Detach::Done(detached) => return Some(take(this, detached)),
                Detach::Refused => return None,
                Detach::Shared => {}
            }
            let Some(released) = object.word().release_one_of_several() else { continue };
            // It is counted.
            let _this = ManuallyDrop::new(this);
            if released == Released::NewCandidate {
                enter(object);
            }
            return None;
        }
    }

    /// The value, if this is the only handle, or else a clone of it.
    #[must_use]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Gc::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

/// Moves the value of an object out, which this was the only handle to.
fn take<T>(this: Gc<T>, detached: Detached<ObjectPtr>) -> T {
    let this = ManuallyDrop::new(this);
    // SAFETY: the object is detached: nobody else reads the value, or drops it.
    let value = unsafe { this.object().value::<T>().read() };
    detached.finish();
    value
}

impl<T: Clone + Shared> Gc<T> {
    /// Exclusive access to the value. If there are other handles, this one gets an object of its own
    /// before, with a clone of the value; if there are weak ones, with the value itself, and they lose it.
    ///
    /// A collection may run if the value is cloned, as in [`Gc::new`].
    ///
    /// # Panics
    ///
    /// If the clone panics, or a `trace` of a collection that runs.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let mut a = Gc::new(1);
    /// let b = a.clone();
    /// *Gc::make_mut(&mut a) += 1;
    /// assert_eq!((*a, *b), (2, 1));
    /// ```
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn make_mut(this: &mut Self) -> GcMut<'_, T> {
        if !exclude(this.object()) {
            separate(this);
            let is_alone = exclude(this.object());
            assert!(is_alone, "nobody else knows the new object");
        }
        GcMut { gc: this }
    }
}

/// Gives the handle an object of its own, that no other thread knows.
#[cfg_attr(feature = "sites", track_caller)]
fn separate<T: Clone + Shared>(this: &mut Gc<T>) {
    let detached = match detach(this.object()) {
        Detach::Done(detached) => detached,
        Detach::Shared | Detach::Refused => {
            *this = Gc::new((**this).clone());
            return;
        }
    };
    // From here on nothing panics: the handle has lost its value.
    // SAFETY: the object is detached: nobody else reads the value, or drops it.
    let value = unsafe { this.object().value::<T>().read() };
    // SAFETY: it is counted.
    let new = unsafe { Gc::from_counted(Boxed::new(value)) };
    let _old = ManuallyDrop::new(mem::replace(this, new));
    detached.finish();
}
