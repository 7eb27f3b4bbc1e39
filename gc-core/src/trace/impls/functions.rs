//! Function pointers, which capture nothing: leaves.
//!
//! Up to twelve arguments, in the Rust and the C convention, safe and unsafe.
//! To the compiler `fn(&T)` is not a case of `fn(A)`, since the lifetime is
//! chosen by each caller. Pointers that borrow their arguments are therefore
//! listed apart: up to three arguments, in every mixture of `A`, `&A` and
//! `&mut A`, and the getters `fn(&A) -> &R` and `fn(&mut A) -> &mut R`. For
//! others there is `#[trace(skip)]`.

#![expect(
    coherence_leak_check,
    reason = "`fn(&A)` and `fn(A)` are different types, as the warning says it wants to ensure"
)]

macro_rules! functions {
    (@variadic) => {};
    (@variadic $($argument:ident)+) => {
        leaves! {
            {$($argument,)* R} unsafe extern "C" fn($($argument,)* ...) -> R,
        }
    };
    ($($argument:ident)*) => {
        leaves! {
            {$($argument,)* R} fn($($argument),*) -> R,
            {$($argument,)* R} unsafe fn($($argument),*) -> R,
            {$($argument,)* R} extern "C" fn($($argument),*) -> R,
            {$($argument,)* R} unsafe extern "C" fn($($argument),*) -> R,
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
        leaves! { {$($generics)* R} fn($($argument),*) -> R }
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

leaves! {
    {A: ?Sized, R: ?Sized} for<'a> fn(&'a A) -> &'a R,
    {A: ?Sized, R: ?Sized} for<'a> fn(&'a mut A) -> &'a mut R,
}
