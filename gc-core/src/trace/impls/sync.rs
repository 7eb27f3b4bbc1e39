//! Locks and channels.
//!
//! A `Mutex` that is locked and an `RwLock` that is locked for writing are opaque, no
//! matter which thread holds the lock: they report no edges, so the objects that their
//! contents refer to count as held from outside. A trace never waits. It looks into a
//! poisoned lock as into any other. It does not poison a lock itself, except in one case:
//! the contents lie so deep that the lock is kept, and the `trace` of another object
//! panics meanwhile.
//!
//! In a collection of objects that threads share, the guard of a lock is kept until the object
//! was traced, or longer. The guards of locks inside of it are dropped before.
//!
//! While a `Mutex` is traced it is locked, so another thread that shares it may have to
//! wait a moment, or its `try_lock` may fail. Any lock is also held while the finalizers of
//! what it holds run. They do not poison it: their panics are caught before.

#[cfg(feature = "sync")]
use core::mem::needs_drop;
use std::sync::mpsc::{
    self, Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError,
};
use std::sync::{
    Barrier, BarrierWaitResult, Condvar, Mutex, MutexGuard, Once, OnceLock, OnceState, PoisonError,
    RwLock, RwLockReadGuard, TryLockError, WaitTimeoutResult,
};

use crate::object::unwind::FirstPanic;
use crate::trace::contract::{Acyclic, Trace};
use crate::trace::finalizers::may_have_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::impls::contents::keep;
use crate::trace::recursion::{NoGcLeadsBackTo, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

/// Locks `mutex`, unless it is locked.
#[inline]
fn lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Runs `look` on the contents of `mutex`, unless it is locked; returns the guard.
#[inline]
fn look_into<T>(mutex: &Mutex<T>, look: impl FnOnce(&T)) -> Option<MutexGuard<'_, T>> {
    let guard = lock(mutex)?;
    // A guard that a panic drops poisons the mutex. So the panic of a hand-written `trace`
    // takes a rest while the guard is dropped. It goes on in any case: nobody else may take
    // what was reported so far for all.
    let panics = FirstPanic::of(|| look(&guard));
    if panics.is_some() {
        drop(guard);
        panics.resume();
        return None;
    }
    Some(guard)
}

// SAFETY: a mutex is the only owner of its contents, whose edges are reported
// once while nobody else can change them, and its drop only drops them. `T`
// keeps the contract for the rest.
unsafe impl<T: Trace> Trace for Mutex<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        #[cfg(feature = "sync")]
        if tracer.is_shared() {
            if T::reports() {
                tracer.trace_behind(|| lock(self), |contents, tracer| contents.trace(tracer));
            }
            return;
        }
        if T::reports() {
            match look_into(self, |contents| contents.trace(tracer)) {
                Some(guard) => keep::<T, _>(guard, tracer),
                None => tracer.closed::<T>(),
            }
        }
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        #[cfg(feature = "sync")]
        if tracer.is_shared() {
            // Also of contents that say that they report nothing: there may be handles in them, which
            // a tool is told of, and locks.
            if needs_drop::<T>() {
                let trace = |contents: &MutexGuard<'_, T>, tracer: &mut LabelTracer<'_>| {
                    contents.trace_labelled(tracer);
                };
                tracer.trace_behind(|| lock(self), trace);
            }
            return;
        }
        match look_into(self, |contents| contents.trace_labelled(tracer)) {
            Some(guard) => tracer.keep(guard),
            None => tracer.closed::<T>(),
        }
    }

    as_its_contents! { T }

    drops_quietly! { {T} }

    finalizes_its_contents! { T }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        if may_have_finalizers::<T>()
            && let Some(contents) = lock(self)
        {
            finalizing.value::<T>(&contents);
        }
    }
}

impl<T: Acyclic> Acyclic for Mutex<T> {}

impl<T: Owns> Owns for Mutex<T> {
    type Owned = NoGcLeadsBackTo<T>;
}

/// Locks `lock` for reading, unless it is locked for writing.
#[inline]
fn read<T>(lock: &RwLock<T>) -> Option<RwLockReadGuard<'_, T>> {
    match lock.try_read() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

// SAFETY: as for `Mutex`.
unsafe impl<T: Trace> Trace for RwLock<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        #[cfg(feature = "sync")]
        if tracer.is_shared() {
            if T::reports() {
                tracer.trace_behind(|| read(self), |contents, tracer| contents.trace(tracer));
            }
            return;
        }
        if let Some(guard) = read(self) {
            guard.trace(tracer);
            keep::<T, _>(guard, tracer);
        } else {
            tracer.closed::<T>();
        }
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        #[cfg(feature = "sync")]
        if tracer.is_shared() {
            if needs_drop::<T>() {
                let trace = |contents: &RwLockReadGuard<'_, T>, tracer: &mut LabelTracer<'_>| {
                    contents.trace_labelled(tracer);
                };
                tracer.trace_behind(|| read(self), trace);
            }
            return;
        }
        if let Some(guard) = read(self) {
            guard.trace_labelled(tracer);
            tracer.keep(guard);
        } else {
            tracer.closed::<T>();
        }
    }

    as_its_contents! { T }

    drops_quietly! { {T} }

    finalizes_its_contents! { T }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        if may_have_finalizers::<T>()
            && let Some(contents) = read(self)
        {
            finalizing.value::<T>(&contents);
        }
    }
}

impl<T: Acyclic> Acyclic for RwLock<T> {}

impl<T: Owns> Owns for RwLock<T> {
    type Owned = NoGcLeadsBackTo<T>;
}

wrappers! {
    {T} OnceLock<T> => |this| this.get(),
    {T} PoisonError<T> => |this| Some(this.get_ref()),
    {T} SendError<T> => |this| Some(&this.0),
}

leaves! { quiet: Barrier, Condvar }

leaves! {
    BarrierWaitResult, Once, OnceState, WaitTimeoutResult,
    RecvError, RecvTimeoutError, TryRecvError,
}

// The messages in a channel belong to all of its ends.
leaves! {
    {T: Acyclic} Sender<T>, {T: Acyclic} SyncSender<T>, {T: Acyclic} Receiver<T>,
    {T: Acyclic} mpsc::IntoIter<T>,
}
