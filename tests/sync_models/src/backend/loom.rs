//! Loom runs every order of steps, and knows the memory model.

pub use ::loom::cell::UnsafeCell;
pub use ::loom::sync::{Mutex, MutexGuard};
pub use ::loom::thread;

/// Its atomics. An `AtomicUsize` of the protocol belongs to the one collection that runs.
pub mod atomic {
    pub use ::loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
    pub use core::sync::atomic::AtomicUsize;
}
