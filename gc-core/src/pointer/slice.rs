//! Slices and text as objects: `Gc<[T]>`, `Gc<str>` and its relatives.
//!
//! The items lie in the object itself, behind the header. They are moved out of a `Vec`
//! or a `Box` without a clone; see `extent` for where the length is kept.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::any::Any;
use core::ffi::CStr;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::pointer::construct::{Unbuilt, move_in};
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;
use crate::trace::extent::Extent;

// Items that are moved.

impl<T: Trace + 'static> From<Vec<T>> for Gc<[T]> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(mut items: Vec<T>) -> Self {
        // What the allocation may collect must find the items alive.
        let unbuilt = Unbuilt::<[T]>::allocate(items.len());
        let source = NonNull::from(&mut *items);
        // The items are the object's from here on; the memory is the vector's.
        // SAFETY: none are left to drop.
        unsafe { items.set_len(0) };
        // SAFETY: there are so many items at `source`, and the vector gave them
        // up.
        unsafe { unbuilt.fill(source) }
    }
}

impl<T: Trace + 'static, const N: usize> From<[T; N]> for Gc<[T]> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: [T; N]) -> Self {
        let unbuilt = Unbuilt::<[T]>::allocate(N);
        let items = ManuallyDrop::new(items);
        // SAFETY: there are `N` items, and they are not dropped.
        unsafe { unbuilt.fill(NonNull::from(&items[..])) }
    }
}

impl<T: Trace + 'static> From<Box<[T]>> for Gc<[T]> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: Box<[T]>) -> Self {
        Gc::from(items.into_vec())
    }
}

impl<T: Trace + 'static> FromIterator<T> for Gc<[T]> {
    /// Collects the items in a `Vec` and moves them from there.
    #[cfg_attr(feature = "sites", track_caller)]
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Gc::from(items.into_iter().collect::<Vec<T>>())
    }
}

impl<T: Trace + 'static> Default for Gc<[T]> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn default() -> Self {
        Gc::from([])
    }
}

// Items that are cloned.

/// The items of a slice that were written so far.
struct Written<T: Trace + 'static> {
    place: Unbuilt<[T]>,
    count: usize,
}

impl<T: Trace + 'static> Drop for Written<T> {
    /// A clone panicked: what was written is dropped.
    fn drop(&mut self) {
        let items = <[T]>::at(self.place.object().value(), self.count);
        // SAFETY: so many items were written, and nobody else knows them.
        unsafe { items.drop_in_place() }
    }
}

impl<T: Trace + Clone + 'static> From<&[T]> for Gc<[T]> {
    /// Clones the items, one by one, into a new object.
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: &[T]) -> Self {
        let place = Unbuilt::<[T]>::allocate(items.len());
        let mut written = Written { place, count: 0 };
        let first: NonNull<T> = written.place.value().cast();
        for (index, item) in items.iter().enumerate() {
            let item = item.clone();
            // SAFETY: the slot has room for all of the items.
            let place = unsafe { first.add(index) };
            // SAFETY: as above.
            unsafe { place.write(item) };
            written.count += 1;
        }
        let written = ManuallyDrop::new(written);
        // SAFETY: it is moved out of what will not be dropped.
        let place = unsafe { core::ptr::read(&raw const written.place) };
        // SAFETY: all items were written.
        unsafe { place.finish() }
    }
}

impl<T: Trace + Clone + 'static> From<&mut [T]> for Gc<[T]> {
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: &mut [T]) -> Self {
        Gc::from(&*items)
    }
}

// Text.

macro_rules! text {
    ($($text:ty, $owned:ty, $empty:expr);* $(;)?) => {$(
        impl From<&$text> for Gc<$text> {
            #[cfg_attr(feature = "sites", track_caller)]
            fn from(text: &$text) -> Self {
                // SAFETY: text is bytes, which can be copied and left alone.
                unsafe { move_in(NonNull::from(text)) }
            }
        }

        impl From<&mut $text> for Gc<$text> {
            #[cfg_attr(feature = "sites", track_caller)]
            fn from(text: &mut $text) -> Self {
                Gc::from(&*text)
            }
        }

        impl From<$owned> for Gc<$text> {
            #[cfg_attr(feature = "sites", track_caller)]
            fn from(text: $owned) -> Self {
                Gc::from(AsRef::<$text>::as_ref(&text))
            }
        }

        impl From<Box<$text>> for Gc<$text> {
            #[cfg_attr(feature = "sites", track_caller)]
            fn from(text: Box<$text>) -> Self {
                Gc::from(&*text)
            }
        }

        impl Default for Gc<$text> {
            /// An empty text.
            #[cfg_attr(feature = "sites", track_caller)]
            fn default() -> Self {
                Gc::from(<&$text>::from($empty))
            }
        }
    )*};
}

text! {
    str, String, "";
    CStr, CString, c"";
    OsStr, OsString, OsStr::new("");
    Path, PathBuf, Path::new("");
}

impl<'a, B> From<Cow<'a, B>> for Gc<B>
where
    B: ToOwned + ?Sized,
    Gc<B>: From<&'a B> + From<B::Owned>,
{
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(value: Cow<'a, B>) -> Self {
        match value {
            Cow::Borrowed(value) => Gc::from(value),
            Cow::Owned(value) => Gc::from(value),
        }
    }
}

// Between handles.

impl From<Gc<str>> for Gc<[u8]> {
    /// The bytes of the text, in the same object.
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(text: Gc<str>) -> Self {
        let raw: *const str = Gc::into_raw(text);
        // SAFETY: a `str` is bytes, as long, and the pointer stands for the
        // handle.
        unsafe { Gc::from_raw(raw as *const [u8]) }
    }
}

impl<T, const N: usize> TryFrom<Gc<[T]>> for Gc<[T; N]> {
    type Error = Gc<[T]>;

    /// The same object as an array, if it has `N` items.
    fn try_from(items: Gc<[T]>) -> Result<Self, Gc<[T]>> {
        if items.len() != N {
            return Err(items);
        }
        let raw = Gc::into_raw(items).cast::<[T; N]>();
        // SAFETY: there are `N` items, and the pointer stands for the handle.
        Ok(unsafe { Gc::from_raw(raw) })
    }
}

impl Gc<dyn Any> {
    /// The same object with its type, if it is a `T`.
    ///
    /// # Errors
    ///
    /// Returns the handle if the value is not a `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::any::Any;
    /// use gcycle::{Gc, unsize};
    ///
    /// let five: Gc<dyn Any> = unsize!(Gc::new(5) => dyn Any);
    /// let five = five.downcast::<String>().unwrap_err();
    /// assert_eq!(*five.downcast::<i32>().unwrap(), 5);
    /// ```
    pub fn downcast<T: Any>(self) -> Result<Gc<T>, Gc<dyn Any>> {
        if !self.is::<T>() {
            return Err(self);
        }
        let raw = Gc::into_raw(self).cast::<T>();
        // SAFETY: the value is a `T`, and the pointer stands for the handle.
        Ok(unsafe { Gc::from_raw(raw) })
    }
}
