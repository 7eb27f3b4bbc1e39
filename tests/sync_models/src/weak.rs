//! Two rules for what the shared collector does not offer yet: weak handles, and exclusive access
//! to a value. Each makes a way into an object that begins at no handle.

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;

const ONE: u64 = 1 << 8;
const SUSPECT: u64 = 1;
/// A confirmation is about to decide: who upgrades a weak handle waits for it.
const CLOSING: u64 = 1 << 1;
const CONDEMNED: u64 = 1 << 2;
const PINNED: u64 = 1 << 3;
/// A thread has exclusive access to the value.
const EXCLUSIVE: u64 = 1 << 4;

/// Two objects that refer to each other and to nothing else, to which there are weak handles.
struct Ring {
    words: [AtomicU64; 2],
    deciding: Mutex<()>,
    closes: bool,
}

impl Ring {
    fn upgrade(&self, index: usize) -> bool {
        let word = &self.words[index];
        let mut now = word.load(Ordering::Relaxed);
        loop {
            if now & CONDEMNED != 0 {
                return false;
            }
            if now & CLOSING != 0 {
                drop(self.deciding.lock().unwrap());
                now = word.load(Ordering::Acquire);
                continue;
            }
            let more = (now + ONE) & !SUSPECT;
            match word.compare_exchange(now, more, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(other) => now = other,
            }
        }
    }

    /// Whether both are unreachable. The edges are known: each object holds the other.
    fn confirm(&self) -> bool {
        let _deciding = self.deciding.lock().unwrap();
        let closing = if self.closes { CLOSING } else { 0 };
        let mark = |word: &AtomicU64| word.fetch_or(SUSPECT | closing, Ordering::Acquire);
        let counts = self.words.each_ref().map(|word| mark(word) / ONE);
        let is_suspect = |word: &AtomicU64| word.load(Ordering::Relaxed) & SUSPECT != 0;
        let is_dead = counts == [1, 1] && self.words.iter().all(is_suspect);
        for word in &self.words {
            if is_dead {
                word.fetch_or(CONDEMNED, Ordering::Release);
            }
            word.fetch_and(!(CLOSING | SUSPECT), Ordering::Release);
        }
        is_dead
    }

    fn explore(closes: bool) {
        loom::model(move || {
            let words = [AtomicU64::new(ONE), AtomicU64::new(ONE)];
            let ring = Arc::new(Ring { words, deciding: Mutex::new(()), closes });
            let other = ring.clone();
            let thread = thread::spawn(move || [other.upgrade(0), other.upgrade(1)]);
            let is_dead = ring.confirm();
            let upgraded = thread.join().unwrap();
            assert_eq!(upgraded, [!is_dead; 2], "an upgrade and the decision do not agree");
        });
    }
}

#[test]
fn an_upgrade_waits_for_the_decision() {
    Ring::explore(true);
}

#[test]
#[should_panic(expected = "do not agree")]
fn an_upgrade_that_does_not_wait_gets_what_is_dead() {
    Ring::explore(false);
}

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
