//! Function pointers, which capture nothing, and closures that can be sent to another thread,
//! which capture no `Gc`: leaves.
//!
//! Up to twelve arguments, in the conventions of Rust, of C and of the system, safe and
//! unsafe. To the compiler `fn(&T)` is not a case of `fn(A)`, since the lifetime is
//! chosen by each caller. Pointers that borrow their arguments are therefore
//! listed apart: up to four arguments, in every mixture of `A`, `&A` and
//! `&mut A`, and getters that take up to two more arguments.
//!
//! The derive needs none of this for a function pointer that it can see: in the type of the
//! field itself, or in a container of std with plain data. It is for pointers behind an
//! alias and beside handles. For those that are not listed there is `#[trace(skip)]`.

#![expect(
    coherence_leak_check,
    reason = "`fn(&A)` and `fn(A)` are different types, as the warning says it wants to ensure"
)]

#[cfg(feature = "isolates")]
use crate::trace::movable::Movable;

/// [`leaves`] that are `Send`, as every function pointer is.
macro_rules! pointers {
    ($({$($generics:tt)*} $pointer:ty),* $(,)?) => {$(
        leaves! { {$($generics)*} $pointer }

        // SAFETY: it is `Send`.
        #[cfg(feature = "isolates")]
        #[diagnostic::do_not_recommend]
        unsafe impl<$($generics)*> Movable for $pointer where $pointer: Send {}
    )*};
}

macro_rules! functions {
    (@variadic) => {};
    (@variadic $($argument:ident)+) => {
        pointers! {
            {$($argument,)* R} unsafe extern "C" fn($($argument,)* ...) -> R,
        }
    };
    ($($argument:ident)*) => {
        pointers! {
            {$($argument,)* R} fn($($argument),*) -> R,
            {$($argument,)* R} unsafe fn($($argument),*) -> R,
            {$($argument,)* R} extern "C" fn($($argument),*) -> R,
            {$($argument,)* R} unsafe extern "C" fn($($argument),*) -> R,
            {$($argument,)* R} extern "C-unwind" fn($($argument),*) -> R,
            {$($argument,)* R} unsafe extern "C-unwind" fn($($argument),*) -> R,
            {$($argument,)* R} extern "system" fn($($argument),*) -> R,
            {$($argument,)* R} unsafe extern "system" fn($($argument),*) -> R,
        }
        functions!(@variadic $($argument)*);
    };
}

functions!();
functions!(A);
functions!(A B);
functions!(A B C);
functions!(A B C D);
functions!(A B C D E);
functions!(A B C D E F);
functions!(A B C D E F G);
functions!(A B C D E F G H);
functions!(A B C D E F G H I);
functions!(A B C D E F G H I J);
functions!(A B C D E F G H I J K);
functions!(A B C D E F G H I J K L);

/// Picks for each argument one of the three ways to pass it. The word in front
/// says whether one was borrowed so far; pointers that borrow none of their
/// arguments are written above.
macro_rules! borrowing_functions {
    (owned {$($generics:tt)*} ($($argument:ty),*)) => {};
    (borrowed {$($generics:tt)*} ($($argument:ty),*)) => {
        pointers! { {$($generics)* R} fn($($argument),*) -> R }
    };
    ($so_far:ident {$($generics:tt)*} ($($argument:ty),*) $next:ident $($rest:ident)*) => {
        borrowing_functions!($so_far {$($generics)* $next,} ($($argument,)* $next) $($rest)*);
        borrowing_functions!(
            borrowed {$($generics)* $next: ?Sized,} ($($argument,)* &$next) $($rest)*
        );
        borrowing_functions!(
            borrowed {$($generics)* $next: ?Sized,} ($($argument,)* &mut $next) $($rest)*
        );
    };
}

borrowing_functions!(owned {} () A);
borrowing_functions!(owned {} () A B);
borrowing_functions!(owned {} () A B C);
borrowing_functions!(owned {} () A B C D);

/// Getters: the result is borrowed from the first argument.
macro_rules! getters {
    ($($argument:ident)*) => {
        pointers! {
            {T: ?Sized, $($argument,)* R: ?Sized} for<'a> fn(&'a T, $($argument),*) -> &'a R,
            {T: ?Sized, $($argument,)* R: ?Sized} for<'a> fn(&'a mut T, $($argument),*) -> &'a R,
            {T: ?Sized, $($argument,)* R: ?Sized}
                for<'a> fn(&'a mut T, $($argument),*) -> &'a mut R,
            {T: ?Sized, $($argument,)* R: ?Sized}
                for<'a> fn(&'a T, $($argument),*) -> Option<&'a R>,
            {T: ?Sized, $($argument,)* R: ?Sized}
                for<'a> fn(&'a mut T, $($argument),*) -> Option<&'a mut R>,
        }
    };
}

getters!();
getters!(A);
getters!(A B);
/// Trait objects for closures, without and with `Sync`.
macro_rules! closures {
    ($($argument:ident)*) => {
        closures! { @of {$($argument,)* R} Fn($($argument),*) -> R }
        closures! { @of {$($argument,)* R} FnMut($($argument),*) -> R }
        closures! { @of {$($argument,)* R} FnOnce($($argument),*) -> R }
    };
    (@of {$($generics:tt)*} $($closure:tt)*) => {
        unsized_leaves! {
            {$($generics)*} dyn $($closure)* + Send,
            {$($generics)*} dyn $($closure)* + Send + Sync,
        }
    };
    (@borrowing $($argument:ident)*) => {
        closures! { @of {T: ?Sized, $($argument,)* R} Fn(&T $(, $argument)*) -> R }
        closures! { @of {T: ?Sized, $($argument,)* R} Fn(&mut T $(, $argument)*) -> R }
        closures! { @of {T: ?Sized, $($argument,)* R} FnMut(&T $(, $argument)*) -> R }
        closures! { @of {T: ?Sized, $($argument,)* R} FnMut(&mut T $(, $argument)*) -> R }
        closures! { @of {T: ?Sized, $($argument,)* R} FnOnce(&T $(, $argument)*) -> R }
        closures! { @of {T: ?Sized, $($argument,)* R} FnOnce(&mut T $(, $argument)*) -> R }
    };
}

closures!();
closures!(A);
closures!(A B);
closures!(A B C);
closures!(A B C D);
closures!(@borrowing);
closures!(@borrowing A);
