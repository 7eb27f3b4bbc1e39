//! Loom runs every order of steps, and knows the memory model.

pub use ::loom::cell::UnsafeCell;
pub use ::loom::sync::{Mutex, MutexGuard};
pub use ::loom::thread;

/// Its atomics.
pub mod atomic {
    pub use ::loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
}
