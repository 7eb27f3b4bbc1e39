//! How long threads wait for locks of nodes.
//!
//! Where one thread works on a graph and another collects, every lock that the first finds taken is one
//! that the collection holds. So this is what the collection makes it wait, while the time of
//! a whole operation contains whatever else the machine does.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

/// What a thread has waited.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Waits {
    /// How often it found a lock taken.
    pub(crate) number: u64,
    /// The longest time that one of these took.
    pub(crate) longest: Duration,
}

thread_local! {
    static WAITS: Cell<Waits> = const { Cell::new(Waits { number: 0, longest: Duration::ZERO }) };
}

/// Locks a field of a node.
pub(crate) fn lock<T>(field: &Mutex<T>) -> MutexGuard<'_, T> {
    match field.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::WouldBlock) => wait(field),
        Err(TryLockError::Poisoned(_)) => panic!("no thread panics"),
    }
}

#[cold]
#[inline(never)]
fn wait<T>(field: &Mutex<T>) -> MutexGuard<'_, T> {
    let start = Instant::now();
    let guard = field.lock().expect("no thread panics");
    let Waits { number, longest } = WAITS.get();
    WAITS.set(Waits { number: number + 1, longest: longest.max(start.elapsed()) });
    guard
}

/// What this thread has waited since this was called last.
pub(crate) fn take() -> Waits {
    WAITS.take()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::{Mutex, Waits, lock, take};

    #[test]
    fn a_wait_is_counted_where_somebody_has_the_lock() {
        let field = Mutex::new(1);
        let (send, receive) = channel();
        drop(lock(&field));
        assert_eq!(take(), Waits::default());
        thread::scope(|scope| {
            scope.spawn(|| {
                let guard = lock(&field);
                send.send(()).expect("the other one waits for it");
                thread::sleep(Duration::from_millis(20));
                drop(guard);
            });
            receive.recv().expect("the other one sends it");
            drop(lock(&field));
        });
        let waits = take();
        assert_eq!(waits.number, 1);
        assert!(waits.longest >= Duration::from_millis(1), "{waits:?}");
        assert_eq!(take(), Waits::default());
    }
}
