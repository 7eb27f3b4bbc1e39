//! The traits of the standard library that `Arc` has.
//!
//! Comparison, hashing and formatting go to the value. On cyclic values comparison and hashing do
//! not terminate; formatting with `{:?}` does.

use core::borrow::Borrow;
use core::cmp::Ordering;
use core::error::Error;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;

use crate::pointer::nesting::{Refusal, Walk, enter};
use crate::sync::contract::Shared;
use crate::sync::gc_ptr::Gc;

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

impl<T: Default + Shared> Default for Gc<T> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn default() -> Self {
        Gc::new(T::default())
    }
}

impl<T: Shared> From<T> for Gc<T> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(value: T) -> Self {
        Gc::new(value)
    }
}

impl<T: PartialEq + ?Sized> PartialEq for Gc<T> {
    /// Whether the values are equal. Does not terminate on cyclic ones; see [`Gc::ptr_eq`].
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq + ?Sized> Eq for Gc<T> {}

impl<T: PartialOrd + ?Sized> PartialOrd for Gc<T> {
    /// Compares the values. Does not terminate on cyclic ones.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord + ?Sized> Ord for Gc<T> {
    /// Compares the values. Does not terminate on cyclic ones.
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash + ?Sized> Hash for Gc<T> {
    /// Hashes the value. Does not terminate on cyclic ones.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

std::thread_local! {
    static SHOWN: Walk<NonNull<()>> = const { Walk::new() };
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Gc<T> {
    /// Shows the value, as `Arc` does. An object inside itself is shown as `Gc(<cycle>)`, and one
    /// that lies more than 128 handles deep as `Gc(..)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match enter(&SHOWN, self.object().address(), || (**self).fmt(f)) {
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
