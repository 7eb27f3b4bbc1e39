//! [`Movable`] for types of std.
//!
//! `Rc`, the weak handles of `Rc` and raw pointers are not in the list, even where they are `Trace`.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use alloc::ffi::CString;
use alloc::string::String;
use alloc::sync::{self, Arc};
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::cell::{Cell, LazyCell, OnceCell, RefCell};
use core::cmp::{Ordering, Reverse};
use core::convert::Infallible;
use core::error::Error;
use core::ffi::CStr;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::{ManuallyDrop, MaybeUninit};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use core::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize, ParseFloatError, ParseIntError,
    Saturating, Wrapping,
};
use core::ops::{Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo};
use core::pin::Pin;
use core::sync::atomic;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{DefaultHasher, RandomState};
use std::io::{self, BufReader, Cursor};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use std::thread::{JoinHandle, Thread, ThreadId};
use std::time::{Instant, SystemTime};

use crate::trace::contract::Trace;
use crate::trace::movable::Movable;
use crate::trace::untraced::Untraced;

/// Types that are `Send`, which the compiler checks.
macro_rules! send {
    ($($leaf:ty),* $(,)?) => {$(
        const _: () = {
            const fn assert_send<T: Send + ?Sized>() {}
            assert_send::<$leaf>();
        };

        // SAFETY: it is `Send`.
        #[diagnostic::do_not_recommend]
        unsafe impl Movable for $leaf {}
    )*};
}

/// The same for generic types, where they are `Send`.
macro_rules! send_if {
    ($({$($generics:tt)*} $leaf:ty),* $(,)?) => {$(
        // SAFETY: it is `Send`.
        unsafe impl<$($generics)*> Movable for $leaf where $leaf: Trace + Send {}
    )*};
}

/// Types that own their contents, and nothing else but what is `Send`.
macro_rules! own {
    ($({$($generics:tt)*} $container:ty),* $(,)?) => {$(
        // SAFETY: all that it owns is `Movable` or `Send`.
        unsafe impl<$($generics)*> Movable for $container {}
    )*};
}

send! {
    (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
    str, String, CStr, CString, OsStr, OsString, Path, PathBuf,
    Infallible, Ordering, TypeId, PhantomPinned, RangeFull, ParseIntError, ParseFloatError, RandomState,
    DefaultHasher, Waker,
    Duration, Instant, SystemTime,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
    TcpListener, TcpStream, UdpSocket, File, io::Error, Child,
    Barrier, Condvar, Once, Thread, ThreadId,
    dyn Any + Send, dyn Any + Send + Sync, dyn Error + Send, dyn Error + Send + Sync,
}

/// By their widths, since not every target has all.
macro_rules! atomics {
    ($($width:literal { $($atomic:ty),* })*) => {$($(
        #[cfg(target_has_atomic = $width)]
        send! { $atomic }
    )*)*};
}

atomics! {
    "8" { atomic::AtomicBool, atomic::AtomicU8, atomic::AtomicI8 }
    "16" { atomic::AtomicU16, atomic::AtomicI16 }
    "32" { atomic::AtomicU32, atomic::AtomicI32 }
    "64" { atomic::AtomicU64, atomic::AtomicI64 }
    "ptr" { atomic::AtomicUsize, atomic::AtomicIsize }
}

send_if! {
    {'a, T: ?Sized} &'a T,
    {T: ?Sized} Arc<T>,
    {T: ?Sized} sync::Weak<T>,
    {T} atomic::AtomicPtr<T>,
    {T} JoinHandle<T>,
    {T} Sender<T>,
    {T} SyncSender<T>,
    {T} Receiver<T>,
    {T} Untraced<T>,
}

// No `trace` looks into them. So nobody would notice that a handle in one of them leads out of the
// heap, though the program may reach it: there must be none.
send_if! {
    {T: ?Sized} ManuallyDrop<T>,
    {T} MaybeUninit<T>,
}

// A marker owns nothing, but what belongs to one thread often says so by a marker. So it is asked
// as if it owned a value.
own! {
    {T: Movable + ?Sized} PhantomData<T>,
}

own! {
    {T: Movable + ?Sized} Box<T>,
    {P: Movable} Pin<P>,
    {B: ToOwned<Owned: Movable> + Sync + ?Sized} Cow<'_, B>,
    {T: Movable} Option<T>,
    {T: Movable, E: Movable} Result<T, E>,
    {T: Movable} Poll<T>,
    {B: Movable, C: Movable} ControlFlow<B, C>,
    {T: Movable} Bound<T>,
    {T: Movable} Range<T>,
    {T: Movable} RangeInclusive<T>,
    {T: Movable} RangeFrom<T>,
    {T: Movable} RangeTo<T>,
    {T: Movable} Reverse<T>,
    {T: Movable} Wrapping<T>,
    {T: Movable} Saturating<T>,
    {T: Movable} Cursor<T>,
    {T: Movable} BufReader<T>,
}

own! {
    {T: Movable} [T],
    {T: Movable, const N: usize} [T; N],
    {T: Movable} Vec<T>,
    {T: Movable} VecDeque<T>,
    {T: Movable} LinkedList<T>,
    {T: Movable} BinaryHeap<T>,
    {T: Movable} BTreeSet<T>,
    {K: Movable, V: Movable} BTreeMap<K, V>,
    {T: Movable, S: Send} HashSet<T, S>,
    {K: Movable, V: Movable, S: Send} HashMap<K, V, S>,
}

// A cell that is borrowed and a lock that is held keep the heap where it is, and not by their type:
// their `trace` says that it cannot look into them.
own! {
    {T: Movable} Cell<T>,
    {T: Movable} RefCell<T>,
    {T: Movable} OnceCell<T>,
    {T: Movable, F: Send} LazyCell<T, F>,
    {T: Movable} Mutex<T>,
    {T: Movable} RwLock<T>,
    {T: Movable} OnceLock<T>,
    {T: Movable, F: Send} LazyLock<T, F>,
}
