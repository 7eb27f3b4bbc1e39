//! Finalizers run once, while all that the value refers to is intact.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use gcycle::sync::{self, Gc, Weak};
use gcycle::{Finalize, Trace};

use crate::values::{Counted, Counter, turn};

/// What finalizers do and note.
#[derive(Default)]
struct Notes {
    finalized: AtomicUsize,
    /// Where they put what they save.
    saved: Mutex<Vec<Gc<Session>>>,
    saves: AtomicBool,
    panics: AtomicBool,
}

impl Notes {
    fn finalized(&self) -> usize {
        self.finalized.load(Ordering::Relaxed)
    }
}

#[derive(Trace)]
#[trace(shared, finalize)]
struct Session {
    #[trace(skip)]
    counted: Counted,
    #[trace(skip)]
    notes: Arc<Notes>,
    others: Mutex<Vec<Gc<Session>>>,
    this: Weak<Session>,
}

impl Finalize for Session {
    fn finalize(&self) {
        self.notes.finalized.fetch_add(1, Ordering::Relaxed);
        self.counted.check();
        let others = self.others.lock().unwrap().clone();
        others.iter().for_each(|other| other.counted.check());
        if self.notes.saves.load(Ordering::Relaxed) {
            self.notes.saved.lock().unwrap().extend(others);
        }
        assert!(!self.notes.panics.load(Ordering::Relaxed), "of a finalizer");
    }
}

fn session(counter: &Counter, notes: &Arc<Notes>) -> Gc<Session> {
    Gc::new_cyclic(|this| Session {
        counted: counter.count(),
        notes: notes.clone(),
        others: Mutex::default(),
        this: this.clone(),
    })
}

/// Two that refer to each other.
fn pair(counter: &Counter, notes: &Arc<Notes>) -> Gc<Session> {
    let [a, b] = [session(counter, notes), session(counter, notes)];
    a.others.lock().unwrap().push(b.clone());
    b.others.lock().unwrap().push(a.clone());
    a
}

#[test]
fn the_last_handle_finalizes_and_then_drops() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::default());
    let outer = session(&counter, &notes);
    outer.others.lock().unwrap().push(session(&counter, &notes));
    drop(outer);
    assert_eq!((notes.finalized(), counter.dropped()), (2, 2));
}

#[test]
fn a_cycle_is_finalized_before_any_of_it_is_dropped() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::default());
    drop(pair(&counter, &notes));
    assert_eq!(sync::gc::collect(), 2);
    assert_eq!((notes.finalized(), counter.dropped()), (2, 2));
}

#[test]
fn a_finalizer_that_saves_its_object_does_not_run_again() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::<Notes>::default());
    notes.saves.store(true, Ordering::Relaxed);
    let a = pair(&counter, &notes);
    let weak = Gc::downgrade(&a);
    drop(a);
    assert_eq!(sync::gc::collect(), 0);
    assert_eq!((notes.finalized(), counter.dropped()), (2, 0));
    assert!(weak.upgrade().is_some_and(|a| a.this.upgrade().is_some()));
    let saved = std::mem::take(&mut *notes.saved.lock().unwrap());
    saved.iter().for_each(|session| session.counted.check());
    drop(saved);
    assert_eq!(sync::gc::collect(), 2);
    assert_eq!((notes.finalized(), counter.dropped()), (2, 2));
    assert!(weak.upgrade().is_none());
}

/// What has a finalizer, in a cycle with something that has none.
#[derive(Trace)]
#[trace(shared, finalize)]
struct Keeper {
    kept: Gc<Kept>,
    #[trace(skip)]
    saved: Arc<Mutex<Vec<usize>>>,
}

#[derive(Trace)]
#[trace(shared)]
struct Kept {
    #[trace(skip)]
    counted: Counted,
    keeper: Mutex<Option<Gc<Keeper>>>,
    this: Weak<Kept>,
}

std::thread_local! {
    static SAVED: Cell<Option<Gc<Kept>>> = const { Cell::new(None) };
}

impl Finalize for Keeper {
    fn finalize(&self) {
        SAVED.set(Some(self.kept.clone()));
        self.saved.lock().unwrap().push(Gc::strong_count(&self.kept));
    }
}

#[test]
fn a_finalizer_can_save_what_it_sees() {
    let _turn = turn();
    let counter = Counter::default();
    let saved = Arc::default();
    let kept = Gc::new_cyclic(|this| Kept {
        counted: counter.count(),
        keeper: Mutex::default(),
        this: this.clone(),
    });
    let keeper = Gc::new(Keeper { kept: kept.clone(), saved: Arc::clone(&saved) });
    *kept.keeper.lock().unwrap() = Some(keeper);
    drop(kept);
    assert_eq!(sync::gc::collect(), 0);
    assert_eq!((*saved.lock().unwrap()).len(), 1);
    let kept = SAVED.take().unwrap();
    kept.counted.check();
    assert!(kept.this.upgrade().is_some() && counter.dropped() == 0);
    drop(kept);
    assert_eq!(sync::gc::collect(), 2);
    assert_eq!((saved.lock().unwrap().len(), counter.dropped()), (1, 1));
}

#[test]
fn a_panic_of_a_finalizer_keeps_nothing_from_being_finalized_and_dropped() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::<Notes>::default());
    notes.panics.store(true, Ordering::Relaxed);
    drop(pair(&counter, &notes));
    let panic = catch_unwind(sync::gc::collect).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of a finalizer"));
    assert_eq!((notes.finalized(), counter.dropped()), (2, 2));
    let single = session(&counter, &notes);
    let panic = catch_unwind(AssertUnwindSafe(|| drop(single))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of a finalizer"));
    assert_eq!((notes.finalized(), counter.dropped()), (3, 3));
}

#[test]
fn values_in_containers_and_slices_are_finalized() {
    #[derive(Trace)]
    #[trace(shared, finalize)]
    struct Guest(#[trace(skip)] Arc<AtomicUsize>);

    impl Finalize for Guest {
        fn finalize(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[derive(Trace)]
    #[trace(shared)]
    struct Room {
        guests: Mutex<Vec<Guest>>,
        own: Mutex<Option<Gc<Room>>>,
    }

    let _turn = turn();
    let finalized = Arc::new(AtomicUsize::new(0));
    let guest = || Guest(finalized.clone());
    let guests = Mutex::new(vec![guest(), guest()]);
    let room = Gc::new(Room { guests, own: Mutex::default() });
    *room.own.lock().unwrap() = Some(room.clone());
    drop(room);
    assert_eq!(sync::gc::collect(), 1);
    assert_eq!(finalized.load(Ordering::Relaxed), 2);
    let slice: Gc<[Guest]> = (0..3).map(|_| guest()).collect();
    drop(slice);
    assert_eq!(finalized.load(Ordering::Relaxed), 5);
}

#[test]
fn a_value_that_is_moved_out_is_not_finalized() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::default());
    let value = Gc::try_unwrap(session(&counter, &notes)).ok().unwrap();
    drop(value);
    assert_eq!((notes.finalized(), counter.dropped()), (0, 1));
}

/// The thread that happens to collect holds the lock that the finalizer wants.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn automatic_collections_leave_finalizers_to_another_thread() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::<Notes>::default());
    counter.all_are_dropped();
    notes.saves.store(true, Ordering::Relaxed);
    let saved = notes.saved.lock().unwrap();
    drop(pair(&counter, &notes));
    let before = sync::gc::get_stats().collections;
    let mut candidates = Vec::new();
    while sync::gc::get_stats().collections == before {
        let gc = Gc::new(OnceLock::<Gc<u8>>::new());
        drop(gc.clone());
        candidates.push(gc);
    }
    drop(saved);
    for _ in 0..2000 {
        if notes.finalized() == 2 {
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(notes.finalized(), 2);
    notes.saves.store(false, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(20));
    notes.saved.lock().unwrap().clear();
    counter.all_are_dropped();
    assert_eq!(notes.finalized(), 2);
}

/// Threads save cycles that a collection is about to finalize, or has. Each value is finalized once, and
/// dropped once.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn finalizers_and_upgrades_agree() {
    let _turn = turn();
    let (counter, notes) = (Counter::default(), Arc::<Notes>::default());
    let rounds = if cfg!(miri) { 5 } else { 500 };
    for _ in 0..rounds {
        let weak = Gc::downgrade(&pair(&counter, &notes));
        let collects = thread::spawn(sync::gc::collect);
        let upgrades = thread::spawn(move || {
            for _ in 0..5 {
                let Some(session) = weak.upgrade() else { break };
                let others = session.others.lock().unwrap().clone();
                others.iter().for_each(|other| other.counted.check());
            }
        });
        collects.join().unwrap();
        upgrades.join().unwrap();
    }
    counter.all_are_dropped();
    assert_eq!(notes.finalized(), counter.made());
}
