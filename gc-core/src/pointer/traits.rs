//! The traits of the standard library that `Rc` and its `Weak` have.
//!
//! Comparison, hashing and formatting go to the value, as with `Rc`. On values that are
//! cyclic through `Gc`, comparison and hashing do not terminate, as they would not with
//! `Rc`; compare such values with [`Gc::ptr_eq`], use [`ById`](crate::ById) as the key of sets
//! and maps, or implement the traits for the type itself. Formatting with `{:?}` does terminate.

use alloc::boxed::Box;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::error::Error;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::mem::ManuallyDrop;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;

use crate::object::header::ObjPtr;
use crate::pointer::construct::move_in;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::nesting::{Refusal, Walk, enter};
use crate::pointer::weak_ptr::Weak;
use crate::trace::contract::Trace;
use crate::trace::refusals::{SharesNoCycle, WatchesNoCycle};

impl<T: ?Sized> AsRef<T> for Gc<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Gc<T> {
    fn borrow(&self) -> &T {
        self
    }
}

// A handle is an address: moving it moves nothing.
impl<T: ?Sized> Unpin for Gc<T> {}

impl<T: RefUnwindSafe + ?Sized> UnwindSafe for Gc<T> {}
impl<T: RefUnwindSafe + ?Sized> RefUnwindSafe for Gc<T> {}
impl<T: RefUnwindSafe + ?Sized> UnwindSafe for Weak<T> {}
impl<T: RefUnwindSafe + ?Sized> RefUnwindSafe for Weak<T> {}

// The compiler names them where an `Rc` or its weak handle cannot be traced.
impl<T: ?Sized> SharesNoCycle<T> for Gc<T> {}
impl<T: ?Sized> WatchesNoCycle<T> for Weak<T> {}

// Making.

impl<T: Default + Trace + 'static> Default for Gc<T> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn default() -> Self {
        Gc::new(T::default())
    }
}

impl<T: Trace + 'static> From<T> for Gc<T> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(value: T) -> Self {
        Gc::new(value)
    }
}

impl<T: Trace + 'static> From<Box<T>> for Gc<T> {
    /// Moves the value from one place in memory to the other.
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(mut value: Box<T>) -> Self {
        // SAFETY: the value in the box is neither used nor dropped after this.
        let gc = unsafe { move_in(NonNull::from(&mut *value)) };
        let memory: *mut ManuallyDrop<T> = Box::into_raw(value).cast();
        // SAFETY: `ManuallyDrop<T>` has the layout of `T`, and is a value
        // whatever became of the `T`.
        drop(unsafe { Box::from_raw(memory) });
        gc
    }
}

// Comparing.

impl<T: PartialEq + ?Sized> PartialEq for Gc<T> {
    /// Whether the values are equal.
    ///
    /// Two handles to the same object are compared by value too, because a value of a
    /// type like `f64` may differ from itself. Does not terminate on cyclic values: compare
    /// these with [`Gc::ptr_eq`] or [`ById`](crate::ById).
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }

    #[inline]
    #[expect(clippy::partialeq_ne_impl, reason = "the value's own `ne` is to be called")]
    fn ne(&self, other: &Self) -> bool {
        **self != **other
    }
}

impl<T: Eq + ?Sized> Eq for Gc<T> {}

impl<T: PartialOrd + ?Sized> PartialOrd for Gc<T> {
    /// Compares the values. Does not terminate on cyclic ones.
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }

    #[inline]
    fn lt(&self, other: &Self) -> bool {
        **self < **other
    }

    #[inline]
    fn le(&self, other: &Self) -> bool {
        **self <= **other
    }

    #[inline]
    fn gt(&self, other: &Self) -> bool {
        **self > **other
    }

    #[inline]
    fn ge(&self, other: &Self) -> bool {
        **self >= **other
    }
}

impl<T: Ord + ?Sized> Ord for Gc<T> {
    /// Compares the values. Does not terminate on cyclic ones.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash + ?Sized> Hash for Gc<T> {
    /// Hashes the value. Does not terminate on cyclic ones; [`ById`](crate::ById) hashes the
    /// identity.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

// Showing.

std::thread_local! {
    static SHOWN: Walk<ObjPtr> = const { Walk::new() };
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Gc<T> {
    /// Shows the value, as `Rc` does.
    ///
    /// An object inside itself is shown as `Gc(<cycle>)`, and one that lies more than 128
    /// handles deep as `Gc(..)`. A shared object is shown each time it is reached, which
    /// can be exponentially often.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match enter(&SHOWN, self.object(), || (**self).fmt(f)) {
            Ok(result) => result,
            Err(Refusal::Cycle) => f.write_str("Gc(<cycle>)"),
            Err(Refusal::TooDeep) => f.write_str("Gc(..)"),
        }
    }
}

impl<T: fmt::Display + ?Sized> fmt::Display for Gc<T> {
    /// Shows the value. Whether that terminates on a cyclic one depends on the type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> fmt::Pointer for Gc<T> {
    /// Shows the address of the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&Gc::as_ptr(self), f)
    }
}

impl<T: Error + ?Sized> Error for Gc<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        (**self).source()
    }
}

// Files and sockets.

#[cfg(unix)]
mod unix {
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

    use crate::pointer::gc_ptr::Gc;

    impl<T: AsFd + ?Sized> AsFd for Gc<T> {
        fn as_fd(&self) -> BorrowedFd<'_> {
            (**self).as_fd()
        }
    }

    impl<T: AsRawFd + ?Sized> AsRawFd for Gc<T> {
        fn as_raw_fd(&self) -> RawFd {
            (**self).as_raw_fd()
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::os::windows::io::{AsHandle, AsSocket, BorrowedHandle, BorrowedSocket};

    use crate::pointer::gc_ptr::Gc;

    impl<T: AsHandle + ?Sized> AsHandle for Gc<T> {
        fn as_handle(&self) -> BorrowedHandle<'_> {
            (**self).as_handle()
        }
    }

    impl<T: AsSocket + ?Sized> AsSocket for Gc<T> {
        fn as_socket(&self) -> BorrowedSocket<'_> {
            (**self).as_socket()
        }
    }
}
