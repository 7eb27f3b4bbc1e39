//! Handles to trait objects on stable Rust: [`unsize!`](crate::unsize!).
//!
//! The conversion of a handle is the conversion of the pointer in it. Only the compiler
//! knows which pointers convert, and only where the types are written down. So the macro
//! writes a closure that converts a raw pointer, and a function does the rest.
//!
//! The crate `unsize` is not supported: its `Coercion<T, U>` is covariant in `U`, which
//! is right for `Rc`, and so it would convert a `Gc<[&'static str; 1]>` to a
//! `Gc<[&'a str]>`.

use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;

/// Converts a handle to one of a wider type: `Gc<Circle>` to `Gc<dyn Shape>`,
/// `Gc<[T; 3]>` to `Gc<[T]>`.
///
/// `Rc` converts implicitly, which only types of the standard library can do. The macro
/// takes a [`Gc`](crate::Gc) or a [`Weak`](crate::Weak), and makes every conversion that
/// the compiler makes for a raw pointer, including that of a trait to its supertrait.
///
/// Where it is missing, the compiler says `expected Gc<dyn Shape>, found Gc<Square>`: only
/// pointers of std are converted without a word.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, Trace, Weak, unsize};
///
/// trait Shape {
///     fn area(&self) -> f64;
/// }
///
/// #[derive(Trace)]
/// struct Square(f64);
///
/// impl Shape for Square {
///     fn area(&self) -> f64 {
///         self.0 * self.0
///     }
/// }
///
/// let square = Gc::new(Square(3.0));
/// let weak: Weak<dyn Shape> = unsize!(Gc::downgrade(&square) => dyn Shape);
/// let shapes: Vec<Gc<dyn Shape>> = vec![unsize!(square => dyn Shape)];
/// assert_eq!(shapes[0].area(), 9.0);
/// assert_eq!(weak.upgrade().unwrap().area(), 9.0);
/// ```
///
/// A conversion that the compiler would not make does not compile:
///
/// ```compile_fail,E0277
/// use gcycle::{Gc, unsize};
///
/// let five = Gc::new(5);
/// let text = unsize!(five => dyn AsRef<str>);
/// ```
///
/// ```compile_fail,E0308
/// # use gcycle::{Gc, unsize};
/// let wrong: Gc<u64> = unsize!(Gc::new([1_u32, 2]) => u64);
/// ```
#[doc(alias = "coerce")]
#[doc(alias = "upcast")]
#[macro_export]
macro_rules! unsize {
    ($handle:expr => $target:ty) => {{
        let handle = $handle;
        // SAFETY: the closure is a coercion of raw pointers: it returns the same
        // address, and the compiler vouches for the type. A `*mut` does not vary, so
        // that no lifetime is made shorter but that of a trait object.
        unsafe {
            $crate::__unsize::unsize::<_, $target>(handle, |pointer| -> *mut $target { pointer })
        }
    }};
}

/// A handle whose pointer can become a `*const U`.
///
/// # Safety
///
/// `unsize` returns a handle to the object of `self`, with the pointer that
/// `convert` returned.
pub unsafe trait Handle<U: ?Sized> {
    /// The type it is a handle to now.
    type Target: ?Sized;
    /// The handle to a `U`.
    type Output;

    /// Converts the pointer in the handle.
    ///
    /// # Safety
    ///
    /// `convert` is an unsizing coercion.
    unsafe fn unsize(self, convert: impl FnOnce(*mut Self::Target) -> *mut U) -> Self::Output;
}

// SAFETY: the handle stays the same but for its type.
unsafe impl<T: ?Sized, U: ?Sized> Handle<U> for Gc<T> {
    type Target = T;
    type Output = Gc<U>;

    unsafe fn unsize(self, convert: impl FnOnce(*mut T) -> *mut U) -> Gc<U> {
        let raw = convert(Gc::into_raw(self).cast_mut());
        // SAFETY: the pointer stands for the handle, and was unsized at most.
        unsafe { Gc::from_raw(raw) }
    }
}

// SAFETY: the handle stays the same but for its type.
unsafe impl<T: ?Sized, U: ?Sized> Handle<U> for Weak<T> {
    type Target = T;
    type Output = Weak<U>;

    unsafe fn unsize(self, convert: impl FnOnce(*mut T) -> *mut U) -> Weak<U> {
        let raw = convert(self.into_raw().cast_mut());
        // SAFETY: the pointer stands for the handle, and was unsized at most.
        unsafe { Weak::from_raw(raw) }
    }
}

/// What [`unsize!`](crate::unsize!) calls.
///
/// # Safety
///
/// `convert` is an unsizing coercion.
pub unsafe fn unsize<H: Handle<U>, U: ?Sized>(
    handle: H,
    convert: impl FnOnce(*mut H::Target) -> *mut U,
) -> H::Output {
    // SAFETY: as promised by the caller.
    unsafe { handle.unsize(convert) }
}
