//! Weak references are cleared, and their callbacks called, without memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::rc::Rc;

use gcycle::Gc;

use crate::child;
use crate::objects::Plain;

/// The allocator of the system, which one can tell to fail on a thread.
struct Failing;

std::thread_local! {
    static FAILS: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: what is returned comes from the system's allocator, or is null.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if FAILS.get() {
            return ptr::null_mut();
        }
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

fn die_without_memory() {
    let calls = Rc::new(Cell::new(0));
    let object = Plain::new();
    let references: Vec<_> = (0..50)
        .map(|_| {
            let calls = Rc::clone(&calls);
            Gc::downgrade_with(&object, move || calls.set(calls.get() + 1))
        })
        .collect();
    FAILS.set(true);
    drop(object);
    FAILS.set(false);
    assert!(references.iter().all(|weak| weak.upgrade().is_none()));
    assert_eq!(calls.get(), 50);
}

pub(super) fn test_no_memory_when_clearing() {
    // A failed allocation would end the process.
    let test = "test_weakref::test_no_memory_when_clearing";
    let [stderr] = child::stderr_of(test, [die_without_memory]);
    assert_eq!(stderr, "");
}
