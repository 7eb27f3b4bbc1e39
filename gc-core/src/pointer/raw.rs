//! Handles as raw pointers and back, for foreign code and tagged unions.
//!
//! The pointer is the address of the value, as with `Rc`, and stands for one
//! handle.

use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;

impl<T: ?Sized> Gc<T> {
    /// Turns the handle into a pointer to the value.
    ///
    /// The object leaks unless you turn the pointer back into a handle with
    /// [`from_raw`](Gc::from_raw). Until then, the object and everything that it reaches
    /// count as held from outside.
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let raw = Gc::into_raw(Gc::new("hello"));
    /// // SAFETY: the pointer came from `into_raw`, and is turned back once.
    /// let gc = unsafe { Gc::from_raw(raw) };
    /// assert_eq!(*gc, "hello");
    /// ```
    #[must_use = "the object leaks unless the pointer is turned back into a handle"]
    pub fn into_raw(this: Self) -> *const T {
        Gc::as_ptr(&ManuallyDrop::new(this))
    }

    /// Turns a pointer back into the handle that it stands for.
    ///
    /// # Safety
    ///
    /// 1. `ptr` came from [`Gc::into_raw`] or [`Gc::as_ptr`] on this thread, and stands
    ///    for a handle: it was not turned back into a handle before, or
    ///    [`increment_strong_count`](Gc::increment_strong_count) was called for it.
    /// 2. `T` is the type it came from. A pointer that was unsized since then,
    ///    as from `*const S` to `*const dyn Trait`, may be turned back as such.
    #[must_use]
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        // SAFETY: values are not at address 0.
        let value = unsafe { NonNull::new_unchecked(ptr.cast_mut()) };
        // SAFETY: as promised by the caller.
        unsafe { Gc::from_counted(value) }
    }

    /// Counts one more handle, which exists only as a raw pointer.
    ///
    /// # Safety
    ///
    /// As for [`from_raw`](Gc::from_raw), and the object has a handle during
    /// the call.
    pub unsafe fn increment_strong_count(ptr: *const T) {
        // SAFETY: as promised by the caller; the handle is not given up.
        let gc = ManuallyDrop::new(unsafe { Gc::from_raw(ptr) });
        gc.object().retain();
    }

    /// Counts one handle less, and drops the value if it was the last.
    ///
    /// # Safety
    ///
    /// As for [`from_raw`](Gc::from_raw). The pointer no longer stands for that handle
    /// afterwards.
    pub unsafe fn decrement_strong_count(ptr: *const T) {
        // SAFETY: as promised by the caller.
        drop(unsafe { Gc::from_raw(ptr) });
    }
}

impl<T: ?Sized> Weak<T> {
    /// A pointer to where the value is, or was.
    ///
    /// It may be read only while the object has handles. It is dangling for a
    /// handle made by [`Weak::new`].
    #[must_use]
    pub fn as_ptr(&self) -> *const T {
        self.value_ptr().as_ptr()
    }

    /// Turns the handle into a pointer.
    ///
    /// The pointer keeps the object's memory, though not its value, until you turn it
    /// back into a handle with [`from_raw`](Weak::from_raw). It is equal to
    /// [`as_ptr`](Weak::as_ptr), unless the handle has a [callback](Gc::downgrade_with):
    /// in that case it must not be read at all.
    #[must_use = "memory leaks unless the pointer is turned back into a handle"]
    pub fn into_raw(self) -> *const T {
        ManuallyDrop::new(self).raw().as_ptr()
    }

    /// Turns a pointer back into the weak handle that it stands for.
    ///
    /// # Safety
    ///
    /// 1. `ptr` came from [`Weak::into_raw`] on this thread, and was not turned back into
    ///    a handle before.
    /// 2. `T` is the type it came from. A pointer that was unsized since then
    ///    may be turned back as such.
    #[must_use]
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        // SAFETY: neither values nor what stands for none are at address 0.
        let value = unsafe { NonNull::new_unchecked(ptr.cast_mut()) };
        // SAFETY: as promised by the caller.
        unsafe { Weak::from_counted(value) }
    }
}
