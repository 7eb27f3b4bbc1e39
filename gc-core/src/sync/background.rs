//! Automatic collections on a thread of their own.

use core::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

use crate::object::unwind::FirstPanic;

/// Whether the thread was started and has not ended. The thread that ends it acquires nothing: the
/// lock that collections take orders them.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// Starts a thread that runs `collect`, unless one does; `false` if it cannot be started.
///
/// Runs user code: the hook of a panic.
pub(crate) fn start(collect: fn()) -> bool {
    if IS_RUNNING.swap(true, Ordering::Relaxed) {
        return true;
    }
    let mut is_started = false;
    // It panics where thread-locals of std are gone.
    let panic = FirstPanic::of(|| {
        is_started = Builder::new().name("gcycle".into()).spawn(move || work(collect)).is_ok();
    });
    drop(panic);
    if !is_started {
        IS_RUNNING.store(false, Ordering::Relaxed);
    }
    is_started
}

/// What the thread does.
fn work(collect: fn()) {
    // The hook has reported a panic, and nobody waits for this thread.
    drop(FirstPanic::of(collect));
    IS_RUNNING.store(false, Ordering::Relaxed);
}
