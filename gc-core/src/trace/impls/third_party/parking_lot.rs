//! `parking_lot` 0.12: locks without poison.
//!
//! As with those of std, a lock that is held is opaque. A `ReentrantMutex` that this
//! thread holds is looked into: its contents can only be shared.

use parking_lot_0_12::{
    Condvar, FairMutex, Mutex, Once, OnceState, ReentrantMutex, RwLock, WaitTimeoutResult,
};

wrappers! {
    {T} Mutex<T> => |this| this.try_lock() => closed if true,
    {T} FairMutex<T> => |this| this.try_lock() => closed if true,
    {T} ReentrantMutex<T> => |this| this.try_lock() => closed if true,
    {T} RwLock<T> => |this| this.try_read() => closed if true,
}

leaves! { Condvar, Once, OnceState, WaitTimeoutResult }
