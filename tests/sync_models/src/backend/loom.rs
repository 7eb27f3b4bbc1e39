//! Loom runs every order of steps, and knows the memory model.

pub use ::loom::cell::UnsafeCell;
pub use ::loom::sync::atomic;
pub use ::loom::sync::{Mutex, MutexGuard};
pub use ::loom::thread;
