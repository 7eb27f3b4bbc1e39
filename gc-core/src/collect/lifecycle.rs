//! The beginning and the end of a thread's heap.
//!
//! The heap itself has no `Drop`: other thread-local destructors may hold handles, drop
//! them, and even allocate, before or after this file's destructor runs. A guard with a
//! `Drop`, registered when the heap gets its first memory, runs a last full collection
//! and closes the heap. From then on memory goes back as soon as its last object dies,
//! and an object that becomes a candidate registers the next guard: it runs when the
//! destructor that drops the handles has finished. When the guards are used up, each
//! candidate is examined immediately.
//!
//! The main thread ends with the process. If nobody can tell, nothing of this happens there,
//! and the heap is left to the system as it is.
//!
//! A thread can also end in the middle of a collection: a finalizer, a callback, a drop
//! or the hook of a panic calls `std::process::exit`, which runs the destructors of this
//! thread's thread-locals and does not return. Then the collection is left as it is,
//! together with its data about the heap, because other destructors may still drop
//! handles to objects that it looks at; and no last collection is run.

use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr::NonNull;
use std::thread::LocalKey;

use crate::collect::activity::Activity;
use crate::collect::collection::{Reason, collect};
use crate::collect::death::{die_erased, give_up, postpone_forever, start_over_at_exit};
use crate::collect::debug::{DebugFlags, describe, print_line};
#[cfg(feature = "isolates")]
use crate::collect::isolated::IsolatedHeap;
use crate::collect::main_thread::{is_main_thread, note_start};
#[cfg(feature = "isolates")]
use crate::collect::state;
use crate::collect::state::Collector;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::generation::Generation;
use crate::object::header::{ObjPtr, Released};
use crate::object::unwind::{FirstPanic, note_end_of_thread};
use crate::watch::tables::Tables;
use crate::watch::{pending, watches};

/// How often the last collection is repeated while it finds something: its
/// finalizers may leave new garbage.
const LAST_ROUNDS: usize = 8;

/// Collects when it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        note_end_of_thread();
        #[cfg(feature = "isolates")]
        leave_all();
        drop(FirstPanic::of(end));
    }
}

/// The end of the thread, or of the process.
///
/// Runs user code, unless nobody can tell.
fn end() {
    #[cfg(feature = "isolates")]
    Activity::current().do_what_waits();
    let collector = Collector::current();
    if collector.leaks_at_exit() {
        Heap::current().leave();
        return postpone_forever();
    }
    start_over_at_exit();
    let heap = Heap::current();
    if nobody_can_tell(collector) && !heap.has_loud() && is_main_thread() {
        return heap.leave();
    }
    pending::run_at_exit();
    if Activity::current().is_idle() {
        collect_to_the_end(collector);
    }
}

/// Whether no finalizer and no callback is left to run, and nothing is to be reported. Then,
/// unless a value on the heap has a `Drop` of the program's, it makes no difference to the
/// program what becomes of the heap.
fn nobody_can_tell(collector: &Collector) -> bool {
    let heap = Heap::current();
    Activity::current().is_idle()
        && !collector.has_something_to_report()
        && !heap.has_unfinalized()
        && !watches::is_in_use()
        && !pending::is_in_use()
}

std::thread_local! {
    static TEARDOWN: Guard = const { Guard };
    static SECOND: Guard = const { Guard };
    static THIRD: Guard = const { Guard };
    static FOURTH: Guard = const { Guard };
}

/// Runs and frees everything that the program left with the heap's collector, and collects the
/// garbage that arises from it.
///
/// Runs user code: finalizers, callbacks, drops.
pub(super) fn collect_to_the_end(collector: &'static Collector) {
    collect_quietly();
    release_garbage();
    Heap::current().unfreeze();
    // Callbacks are told of collections until here. What they made, and what
    // only they kept alive, is collected by the next ones.
    collector.callbacks.close();
    collect_until_noticed();
    collector.forget_memory();
    let heap = Heap::current();
    heap.close();
    release_integers();
    if heap.has_candidates() {
        note_late_candidates(heap);
    }
}

/// Collects until what is alive is a candidate no more, so that the first handle that is dropped from
/// then on is noticed. What finalizers bring back is a candidate at first.
///
/// Runs user code: finalizers, callbacks, drops.
pub(super) fn collect_until_noticed() {
    for _ in 0..LAST_ROUNDS {
        collect_quietly();
        if !Heap::current().has_candidates() {
            break;
        }
    }
}

/// Runs a full collection. Panics of user code were reported by the hook and are not
/// rethrown: in a thread-local destructor they would abort the process.
fn collect_quietly() {
    drop(FirstPanic::of(|| {
        collect(Generation::Old, Reason::Request);
    }));
}

/// Empties the list of garbage, and says what it held, as CPython does at
/// shutdown.
///
/// Runs user code: drops, and finalizers that did not run.
fn release_garbage() {
    let collector = Collector::current();
    let debug = collector.debug();
    collector.set_debug(debug - DebugFlags::SAVEALL);
    let garbage = collector.take_garbage();
    if !garbage.is_empty() && !debug.contains(DebugFlags::SAVEALL) {
        print_garbage(&garbage, debug.contains(DebugFlags::UNCOLLECTABLE));
    }
    for object in garbage {
        match object.release() {
            Released::Shared => {}
            Released::Candidate => Page::add_candidate(object, Generation::Young),
            Released::Last => {
                // SAFETY: the list held the last handle.
                drop(FirstPanic::of(|| unsafe { die_erased(object) }));
            }
        }
    }
}

/// Gives up the small integers. From now on nobody asks the tables for one.
///
/// Runs user code: weak callbacks, and drops of what weak maps have for an integer.
fn release_integers() {
    for integer in Tables::current().integers().take() {
        // SAFETY: the tables held this handle.
        drop(FirstPanic::of(|| unsafe { give_up(integer) }));
    }
}

fn print_garbage(garbage: &[ObjPtr], is_listed: bool) {
    let count = garbage.len();
    if is_listed {
        let list = garbage.iter().map(|&object| describe(object)).collect::<Vec<_>>().join(", ");
        print_line(format_args!("gc: {count} uncollectable objects at shutdown\n      [{list}]"));
    } else {
        print_line(format_args!(
            "gc: {count} uncollectable objects at shutdown; \
             use gc::set_debug(DebugFlags::UNCOLLECTABLE) to list them"
        ));
    }
}

/// Makes sure that the guard runs when the thread ends; `false` if it did.
fn register(guard: &'static LocalKey<Guard>) -> bool {
    guard.try_with(|_| ()).is_ok()
}

/// Makes sure that what the thread leaves with the collector is freed when it
/// ends, even if it never makes an object.
pub(crate) fn ensure_teardown() {
    note_start();
    register(&TEARDOWN);
}

/// A slot for an object whose value has this layout.
#[cold]
pub(crate) fn allocate_slow(layout: Layout, is_tracked: bool) -> NonNull<u8> {
    ensure_teardown();
    Heap::current().allocate_slow(layout, is_tracked)
}

/// The thread ends inside of an isolate: what is done from here on concerns its own heap.
#[cfg(feature = "isolates")]
fn leave_all() {
    Heap::enter(None);
    state::enter(None);
}

/// An object became a candidate after the last collection.
#[cold]
pub(crate) fn note_late_candidate(object: ObjPtr) {
    // The heap may go: nobody has a reference to it as an argument.
    #[cfg(feature = "isolates")]
    if let Some(isolated) = IsolatedHeap::of(Heap::of(object)) {
        return collect_once_more(isolated);
    }
    note_late_candidates(Heap::of(object));
}

/// Collects in a heap that nobody enters any more: now, or when no other collection runs.
#[cfg(feature = "isolates")]
fn collect_once_more(isolated: IsolatedHeap) {
    if Activity::current().is_idle() {
        isolated.enter(collect_until_noticed);
    } else {
        isolated.wait();
    }
}

/// The same of any object of `heap`, which the thread is in if it is an isolate's.
#[cold]
fn note_late_candidates(heap: &'static Heap) {
    #[cfg(feature = "isolates")]
    if let Some(isolated) = IsolatedHeap::of(heap) {
        return collect_once_more(isolated);
    }
    if heap.is_left() && nobody_can_tell(Collector::current()) && !heap.may_have_loud() {
        return;
    }
    let is_registered = [&SECOND, &THIRD, &FOURTH].into_iter().any(register);
    if !is_registered {
        collect_until_noticed();
    }
}
