//! [`Shared`] for types of std.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use alloc::ffi::CString;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::cmp::Ordering;
use core::error::Error;
use core::marker::PhantomData;
use core::net::{IpAddr, SocketAddr};
use core::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32,
    NonZeroU64, NonZeroUsize,
};
use core::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize,
};
use core::time::Duration;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock};
use std::thread::ThreadId;
use std::time::{Instant, SystemTime};

use crate::sync::contract::Shared;
use crate::trace::contract::Trace;
use crate::trace::untraced::Untraced;

/// Types that report nothing.
macro_rules! report_nothing {
    ($($leaf:ty),* $(,)?) => {$(
        // SAFETY: nothing is reported.
        #[diagnostic::do_not_recommend]
        unsafe impl Shared for $leaf {}
    )*};
}

report_nothing! {
    (), bool, char, str, String, OsString, PathBuf,
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64,
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize,
    AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize,
    Duration, Instant, SystemTime, ThreadId, IpAddr, SocketAddr, CString, Ordering,
    Barrier, Condvar,
    dyn Any + Send + Sync, dyn Error + Send + Sync,
}

// SAFETY: nothing is reported: what is shared is acyclic.
unsafe impl<T: Sync + ?Sized + 'static> Shared for &'static T where &'static T: Trace {}

// SAFETY: nothing is reported.
unsafe impl<T: Send + Sync + ?Sized + 'static> Shared for PhantomData<T> {}

// SAFETY: nothing is reported.
unsafe impl<T: Send + Sync + 'static> Shared for Untraced<T> {}

// SAFETY: nothing is reported: what is shared is acyclic.
unsafe impl<T: Send + Sync + ?Sized + 'static> Shared for Arc<T> where Arc<T>: Trace {}

/// Containers that change only through `&mut`, which nobody has to the value of an object while a
/// collection reads it; what they contain is reported by the `trace` of its own type.
macro_rules! own {
    ($({$($generics:tt)*} $container:ty),* $(,)?) => {$(
        // SAFETY: what is reported stays until somebody has the value alone, or is reported by types that
        // are `Shared`. Nothing waits.
        unsafe impl<$($generics)*> Shared for $container {}
    )*};
}

own! {
    {T: Shared + ?Sized} Box<T>,
    {T: Shared} Option<T>,
    {T: Shared, E: Shared} Result<T, E>,
    {T: Shared} [T],
    {T: Shared, const N: usize} [T; N],
    {T: Shared} Vec<T>,
    {T: Shared} VecDeque<T>,
    {T: Shared} LinkedList<T>,
    {T: Shared} BinaryHeap<T>,
    {T: Shared} BTreeSet<T>,
    {K: Shared, V: Shared} BTreeMap<K, V>,
    {T: Shared, S: Send + Sync + 'static} HashSet<T, S>,
    {K: Shared, V: Shared, S: Send + Sync + 'static} HashMap<K, V, S>,
    {A: Shared} (A,),
    {A: Shared, B: Shared} (A, B),
    {A: Shared, B: Shared, C: Shared} (A, B, C),
    {A: Shared, B: Shared, C: Shared, D: Shared} (A, B, C, D),
}

// SAFETY: it is filled once, and nothing is taken out before the value is dropped. What is not
// there yet is not reported.
unsafe impl<T: Shared> Shared for OnceLock<T> {}

// SAFETY: in a collection of objects that threads share, its `trace` gives the guard to the tracer,
// whatever happens, and does not wait.
unsafe impl<T: Shared> Shared for Mutex<T> {}

// SAFETY: as for `Mutex`. A guard for reading keeps those out that would move a handle.
unsafe impl<T: Shared> Shared for RwLock<T> {}
