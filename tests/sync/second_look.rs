//! What the second look of a collection finds that the first has not seen.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use gcycle::sync::{self, Gc, Shared};
use gcycle::{Trace, Tracer};

use crate::values::{Counted, Counter, turn};

/// Has another thread act when it is traced for the first time.
struct Gate(Mutex<Option<(SyncSender<()>, Receiver<()>)>>);

// SAFETY: there is nothing to report.
unsafe impl Trace for Gate {
    fn trace(&self, _: &mut Tracer<'_>) {
        if let Some((arrived, go_on)) = open(&self.0).take() {
            arrived.send(()).unwrap();
            go_on.recv().unwrap();
        }
    }
}

// SAFETY: nothing in it is traced.
unsafe impl Shared for Gate {}

#[derive(Trace)]
#[trace(shared)]
struct Node {
    #[trace(skip)]
    counted: Counted,
    gate: Gate,
    fixed: Option<Gc<Node>>,
    locked: Mutex<Vec<Gc<Node>>>,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn node(counter: &Counter, gate: Gate, fixed: Option<Gc<Node>>) -> Gc<Node> {
    Gc::new(Node { counted: counter.count(), gate, fixed, locked: Mutex::default() })
}

/// The second look alone sees the edge to `target`. The edges of the member that comes next begin with one to it.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn what_was_put_behind_a_lock_between_the_looks_is_alive() {
    let _turn = turn();
    let counter = Counter::default();
    let (arrived, arrives) = sync_channel(0);
    let (done, is_done) = sync_channel(0);
    let target = node(&counter, Gate(Mutex::new(Some((arrived, is_done)))), None);
    let weak_target = Gc::downgrade(&target);
    let next = node(&counter, Gate(Mutex::default()), Some(target));
    let kept = node(&counter, Gate(Mutex::default()), None);
    let weak_kept = Gc::downgrade(&kept);
    // The only candidate, so that the members are it, `kept`, `next` and `target`.
    let candidate = node(&counter, Gate(Mutex::default()), None);
    open(&candidate.locked).extend([kept, next]);
    open(&candidate.locked).push(candidate.clone());
    drop(candidate);

    // In the first look, which has counted the handles of all of them and traced all others.
    let holder = thread::spawn(move || {
        arrives.recv().unwrap();
        let kept = weak_kept.upgrade().unwrap();
        open(&kept.locked).push(weak_target.upgrade().unwrap());
        done.send(()).unwrap();
        kept
    });
    sync::gc::collect();
    let kept = holder.join().unwrap();
    open(&kept.locked)[0].counted.check();
    assert_eq!((counter.dropped(), counter.made()), (2, 4));
    drop(kept);
    counter.all_are_dropped();
}
