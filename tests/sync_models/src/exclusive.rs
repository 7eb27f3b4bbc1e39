//! A rule for what the shared collector does not offer yet: exclusive access to a value.

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::Arc;
use loom::thread;

const ONE: u64 = 1 << 8;
const PINNED: u64 = 1 << 3;
/// A thread has exclusive access to the value.
const EXCLUSIVE: u64 = 1 << 4;

/// An object whose only handle asks for exclusive access while a collection traces it.
struct Value {
    word: AtomicU64,
    value: UnsafeCell<u32>,
    excludes: bool,
}

impl Value {
    /// Exclusive access for a moment, if nobody else has a handle and no collection looks.
    fn write(&self) -> bool {
        let exclusive = if self.excludes { EXCLUSIVE } else { 0 };
        let swapped =
            self.word.compare_exchange(ONE, ONE | exclusive, Ordering::Acquire, Ordering::Relaxed);
        if swapped.is_err() {
            return false;
        }
        // SAFETY: nobody else has access; loom says so if not.
        self.value.with_mut(|value| unsafe { *value += 1 });
        self.word.fetch_and(!EXCLUSIVE, Ordering::Release);
        true
    }

    /// A trace, unless a thread has exclusive access.
    fn trace(&self) {
        let before = self.word.fetch_or(PINNED, Ordering::Acquire);
        if before & EXCLUSIVE == 0 {
            // SAFETY: nobody writes; loom says so if not.
            self.value.with(|value| assert!(unsafe { *value } <= 1));
        }
        self.word.fetch_and(!PINNED, Ordering::Release);
    }

    fn explore(excludes: bool) {
        loom::model(move || {
            let value = UnsafeCell::new(0);
            let value = Arc::new(Value { word: AtomicU64::new(ONE), value, excludes });
            let other = value.clone();
            let thread = thread::spawn(move || other.write());
            value.trace();
            thread.join().unwrap();
        });
    }
}

#[test]
fn exclusive_access_and_a_trace_exclude_each_other() {
    Value::explore(true);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn exclusive_access_without_the_flag_is_traced() {
    Value::explore(false);
}
