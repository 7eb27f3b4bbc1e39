//! Whether the process ends with this thread.
//!
//! The destructors of thread-locals run when a thread ends, and on the main thread when the
//! process does. Only the main thread may leave its memory to the system.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod by_identity {
    use std::fs::read_link;

    /// Nothing to find out before the end.
    pub(crate) fn note_start() {}

    /// Whether this is the main thread: its number is that of the process.
    ///
    /// The name of the thread would tell, too. But asking for it makes the standard library
    /// allocate a handle for the main thread, which valgrind then calls possibly lost.
    pub(crate) fn is_main_thread() -> bool {
        // PID/task/TID. Miri knows no such file.
        let link = if cfg!(miri) { None } else { read_link("/proc/thread-self").ok() };
        link.is_some_and(|link| {
            let mut parts = link.iter();
            let (process, thread) = (parts.next(), parts.next_back());
            process.is_some() && process == thread
        })
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod by_name {
    use core::cell::Cell;
    use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::thread;

    std::thread_local! {
        /// Whether this thread had the name of the main thread when its heap was made.
        static IS_MAIN: Cell<Option<bool>> = const { Cell::new(None) };
        /// Whether it was found to be the main thread.
        static IS_FOUND: Cell<bool> = const { Cell::new(false) };
    }

    /// Whether one was. Any thread can be given the name of the main thread: this makes sure
    /// that only one in a process is taken for it.
    static IS_ONE_FOUND: AtomicBool = AtomicBool::new(false);

    /// Asks for the name of the thread, while the thread still knows it.
    pub(crate) fn note_start() {
        if IS_MAIN.get().is_none() {
            IS_MAIN.set(Some(thread::current().name() == Some("main")));
        }
    }

    /// Whether this is the main thread.
    pub(crate) fn is_main_thread() -> bool {
        let is_main = IS_MAIN.get() == Some(true);
        if is_main && !IS_FOUND.get() {
            IS_FOUND.set(!IS_ONE_FOUND.swap(true, Relaxed));
        }
        IS_FOUND.get()
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use by_identity::{is_main_thread, note_start};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use by_name::{is_main_thread, note_start};
