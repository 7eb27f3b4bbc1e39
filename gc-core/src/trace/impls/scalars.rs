//! Numbers, flags, markers, raw pointers and the small value types around them:
//! leaves all of them, and the wrappers that give numbers other arithmetic.
//!
//! A raw pointer owns nothing as far as its type says. A `Gc` given away with
//! `Gc::into_raw` counts as held from outside.

use core::alloc::{Layout, LayoutError};
use core::any::TypeId;
use core::array::TryFromSliceError;
use core::cell::{BorrowError, BorrowMutError};
use core::char::{
    CharTryFromError, DecodeUtf16Error, ParseCharError, ToLowercase, ToUppercase, TryFromCharError,
};
use core::cmp::{Ordering, Reverse};
use core::convert::Infallible;
use core::fmt;
use core::hash::BuildHasherDefault;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::Discriminant;
use core::num::{
    FpCategory, IntErrorKind, NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128,
    NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    ParseFloatError, ParseIntError, Saturating, TryFromIntError, Wrapping,
};
use core::panic::AssertUnwindSafe;
use core::ptr::NonNull;
use core::sync::atomic;
use core::task::{RawWaker, RawWakerVTable, Waker};
use std::alloc::System;
use std::hash::{DefaultHasher, RandomState};

leaves! { () }

leaves! {
    displayed:
    bool, char,
    u8, u16, u32, u64, u128, usize,
    i8, i16, i32, i64, i128, isize,
    f32, f64,
}

leaves! {
    displayed:
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
}

leaves! {
    FpCategory, IntErrorKind, ParseIntError, ParseFloatError, TryFromIntError,
}

leaves! {
    CharTryFromError, DecodeUtf16Error, ParseCharError, ToLowercase, ToUppercase,
    TryFromCharError, TryFromSliceError, BorrowError, BorrowMutError,
}

leaves! {
    Infallible, Ordering, PhantomPinned, TypeId, Layout, LayoutError,
    RawWaker, RawWakerVTable, Waker, System,
    RandomState, DefaultHasher, {H} BuildHasherDefault<H>,
    fmt::Error, fmt::Alignment,
    {T: ?Sized} PhantomData<T>,
    {T} Discriminant<T>,
    {T: ?Sized} *const T, {T: ?Sized} *mut T, {T: ?Sized} NonNull<T>,
}

leaves! { atomic::Ordering }

macro_rules! atomic_leaves {
    ($($width:literal { $($({$($generics:tt)*})? $atomic:ty),* })*) => {$($(
        #[cfg(target_has_atomic = $width)]
        const _: () = {
            leaves! { $({$($generics)*})? $atomic }
        };
    )*)*};
}

atomic_leaves! {
    "8" { atomic::AtomicBool, atomic::AtomicU8, atomic::AtomicI8 }
    "16" { atomic::AtomicU16, atomic::AtomicI16 }
    "32" { atomic::AtomicU32, atomic::AtomicI32 }
    "64" { atomic::AtomicU64, atomic::AtomicI64 }
    "ptr" { atomic::AtomicUsize, atomic::AtomicIsize, {T} atomic::AtomicPtr<T> }
}

wrappers! {
    {T} Wrapping<T> => |this| Some(&this.0),
    {T} Saturating<T> => |this| Some(&this.0),
    {T} Reverse<T> => |this| Some(&this.0),
    {T} AssertUnwindSafe<T> => |this| Some(&this.0),
}
