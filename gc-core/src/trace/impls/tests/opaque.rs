//! What cannot be looked at is left alone: no edges, no waiting, no panic.

use alloc::borrow::Cow;
use alloc::rc::Rc;
use core::cell::RefCell;
use core::error::Error;
use core::fmt;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::panic::AssertUnwindSafe;
use std::io::{self, BufWriter, LineWriter, Write};
use std::panic::catch_unwind;
use std::sync::{Mutex, RwLock};

use super::{Handle, edges, handles, labels};
use crate::object::edges::EdgeBuffer;
use crate::trace::contract::{Acyclic, Trace};
use crate::trace::tracer::Tracer;
use crate::{Gc, Untraced};

#[test]
fn a_mutably_borrowed_cell_is_opaque() {
    let cell = RefCell::new(Handle::new(0));
    let borrow = cell.borrow_mut();
    assert_eq!(edges(&cell), 0);
    assert!(labels(&cell).is_empty());
    drop(borrow);
    assert_eq!(edges(&cell), 1);
}

#[test]
fn a_cell_whose_borrow_was_forgotten_stays_opaque() {
    let cell = RefCell::new(Handle::new(0));
    let _forgotten = ManuallyDrop::new(cell.borrow_mut());
    assert_eq!(edges(&cell), 0);
}

#[test]
fn a_cell_that_is_borrowed_for_reading_is_looked_into() {
    let cell = RefCell::new(Handle::new(0));
    let _borrow = cell.borrow();
    assert_eq!(edges(&cell), 1);
}

#[test]
fn a_locked_mutex_is_opaque() {
    let mutex = Mutex::new(Handle::new(0));
    let guard = mutex.lock().unwrap();
    assert_eq!(edges(&mutex), 0);
    assert!(labels(&mutex).is_empty());
    drop(guard);
    assert_eq!(edges(&mutex), 1);
    assert!(mutex.try_lock().is_ok(), "a trace gives the lock back");
}

#[test]
fn a_lock_for_writing_is_opaque_and_one_for_reading_is_not() {
    let lock = RwLock::new(Handle::new(0));
    let guard = lock.write().unwrap();
    assert_eq!(edges(&lock), 0);
    drop(guard);
    let _guard = lock.read().unwrap();
    assert_eq!(edges(&lock), 1);
}

#[test]
fn poisoned_locks_are_looked_into() {
    let mutex = Mutex::new(Handle::new(0));
    let lock = RwLock::new(Handle::new(1));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _mutex = mutex.lock().unwrap();
        let _lock = lock.write().unwrap();
        std::panic::resume_unwind(Box::new(()));
    }));
    assert!(outcome.is_err());
    assert!(mutex.is_poisoned());
    assert!(lock.is_poisoned());
    assert_eq!(edges(&mutex), 1);
    assert_eq!(edges(&lock), 1);
}

#[test]
fn a_trace_that_panics_does_not_poison_the_mutex() {
    struct Panics;
    // SAFETY: nothing is reported.
    unsafe impl Trace for Panics {
        fn trace(&self, _: &mut Tracer<'_>) {
            std::panic::resume_unwind(Box::new("from trace"));
        }
    }
    let mutex = Mutex::new(Panics);
    let panic = catch_unwind(AssertUnwindSafe(|| edges(&mutex))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"from trace"));
    assert!(!mutex.is_poisoned());
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn what_may_be_gone_already_is_not_looked_at() {
    let mut gone = ManuallyDrop::new(Handle::new(0));
    // SAFETY: the value is not used again.
    unsafe { ManuallyDrop::drop(&mut gone) };
    assert_eq!(edges(&gone), 0);
    assert_eq!(edges(&MaybeUninit::<Handle>::uninit()), 0);
    assert_eq!(edges(&Untraced(Gc::new(0_u8))), 0);
}

/// An error that owns a handle, and drops it in its own way.
#[derive(Debug)]
struct Failure(Gc<u8>);

impl Drop for Failure {
    fn drop(&mut self) {
        assert_eq!(*self.0, 7, "the object is intact");
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed on {}", self.0)
    }
}

impl Error for Failure {}

#[test]
fn an_error_is_not_looked_into_and_keeps_what_it_owns() {
    let boxed: Box<dyn Error> = Box::new(Failure(Gc::new(7)));
    assert_eq!(edges(&boxed), 0);
    assert!(labels(&boxed).is_empty());
    let shared: Rc<dyn Error> = Rc::new(Failure(Gc::new(7)));
    assert_eq!(edges(&shared), 0);
}

/// A member of a ring that owns an error.
struct Failed {
    error: Box<dyn Error>,
    next: RefCell<Option<Gc<Failed>>>,
}

// SAFETY: the one edge is reported once.
unsafe impl Trace for Failed {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.error.trace(tracer);
        self.next.trace(tracer);
    }
}

#[test]
fn the_errors_of_a_cycle_find_what_they_own_intact() {
    let failure = Gc::new(7);
    let ring = [0, 1].map(|_| {
        let error = Box::new(Failure(failure.clone()));
        Gc::new(Failed { error, next: RefCell::new(None) })
    });
    *ring[0].next.borrow_mut() = Some(ring[1].clone());
    *ring[1].next.borrow_mut() = Some(ring[0].clone());
    drop(ring);
    assert_eq!(crate::gc::collect(), 2);
    assert_eq!(Gc::strong_count(&failure), 1);
}

#[test]
fn a_borrowed_cow_has_another_owner() {
    let owner = handles();
    assert_eq!(edges(&Cow::Borrowed(owner.as_slice())), 0);
    assert_eq!(edges(&&owner), 0);
}

/// A sink that looks at an object whenever something is written.
struct Sink(Gc<u8>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert_eq!(*self.0, 7, "the object is intact");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Acyclic for Sink {}

#[test]
fn a_writer_that_flushes_when_it_is_dropped_keeps_what_it_writes_to() {
    let mut writer = BufWriter::new(Sink(Gc::new(7)));
    writer.write_all(b"not flushed yet").unwrap();
    assert_eq!(edges(&writer), 0);
    drop(writer);
    assert_eq!(edges(&LineWriter::new(Sink(Gc::new(7)))), 0);
}

#[test]
fn contents_that_say_they_report_nothing_are_walked_for_heap_tools_only() {
    /// Acyclic, yet with an edge to another object.
    struct Token(Gc<u8>);
    // SAFETY: the one edge is reported once.
    unsafe impl Trace for Token {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }

        fn tracked() -> bool {
            false
        }
    }
    let tokens = [Token(Gc::new(0)), Token(Gc::new(1))];
    let mut plain = EdgeBuffer::new();
    tokens.trace(&mut Tracer::new(&mut plain));
    assert_eq!(plain.len(), 0);
    let mut labelled = crate::object::edges::LabelledEdges::default();
    tokens.trace_labelled(&mut crate::trace::tracer::LabelTracer::new(&mut labelled));
    assert_eq!(super::shown(labelled), ["[0]", "[1]"]);
}
