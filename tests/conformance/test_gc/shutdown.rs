//! The end: of the interpreter in CPython, of a thread with its heap here.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gcycle::gc::{self, DebugFlags};
use gcycle::{Finalize, Gc, Trace};

use super::debugging::Uncollectable;
use crate::child;
use crate::objects::List;

fn leave_garbage(debug: DebugFlags) {
    drop((Uncollectable::cyclic(), Uncollectable::cyclic()));
    gc::set_debug(debug);
}

pub(super) fn test_garbage_at_shutdown() {
    const AT_SHUTDOWN: &str = "gc: 2 uncollectable objects at shutdown";
    let [silent, listed, saved] = child::stderr_of(
        "test_gc::test_garbage_at_shutdown",
        [
            || leave_garbage(DebugFlags::empty()),
            || leave_garbage(DebugFlags::UNCOLLECTABLE),
            || leave_garbage(DebugFlags::SAVEALL),
        ],
    );
    assert!(silent.contains(&format!("{AT_SHUTDOWN}; use")), "{silent}");
    assert!(!silent.contains("[<"), "{silent}");

    assert!(listed.contains(AT_SHUTDOWN), "{listed}");
    let is_list = |line: &&str| line.trim_start().starts_with("[<");
    let list = listed.lines().find(is_list).unwrap_or_else(|| panic!("no list in\n{listed}"));
    assert_eq!(list.matches("Uncollectable 0x").count(), 2, "{listed}");

    assert!(!saved.contains("uncollectable objects at shutdown"), "{saved}");
}

/// Counts the objects that were finalized.
#[derive(Clone, Default, Trace)]
struct Deaths(Arc<AtomicUsize>);

impl Deaths {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// `[C()]` with itself appended: a cycle that holds an object with `__del__`.
#[derive(Trace)]
#[trace(finalize)]
struct Module {
    me: RefCell<Option<Gc<Module>>>,
    _list: Gc<List>,
    deaths: Deaths,
}

impl Finalize for Module {
    fn finalize(&self) {
        self.deaths.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Module {
    fn new(deaths: &Deaths) -> Gc<Module> {
        let list = List::cyclic();
        let deaths = deaths.clone();
        let module = Gc::new(Module { me: RefCell::default(), _list: list, deaths });
        *module.me.borrow_mut() = Some(module.clone());
        module
    }
}

std::thread_local! {
    /// What a module of the program keeps until the thread ends.
    static GLOBAL: RefCell<Option<Gc<Module>>> = const { RefCell::new(None) };
}

pub(super) fn test_gc_main_module_at_shutdown() {
    let deaths = Deaths::default();
    let on_thread = deaths.clone();
    thread::spawn(move || drop(Module::new(&on_thread))).join().unwrap();
    assert_eq!(deaths.count(), 1);
}

pub(super) fn test_gc_ordinary_module_at_shutdown() {
    // The global is made before the first object, or after it.
    for is_first in [true, false] {
        let deaths = Deaths::default();
        let on_thread = deaths.clone();
        let run = move || {
            let allocate_first = (!is_first).then(List::new);
            GLOBAL.with(|global| *global.borrow_mut() = Some(Module::new(&on_thread)));
            drop(allocate_first);
        };
        thread::spawn(run).join().unwrap();
        assert_eq!(deaths.count(), 1, "the finalizer ran at the thread's end");
    }
    what_was_saved_is_freed_at_the_end();
}

/// The list of garbage is emptied too: what it kept alive is freed.
fn what_was_saved_is_freed_at_the_end() {
    let kept = Arc::new(());
    let on_thread = Arc::clone(&kept);
    let run = move || {
        gc::set_debug(DebugFlags::SAVEALL);
        let saved = Gc::new(Saved { me: RefCell::default(), _kept: on_thread });
        *saved.me.borrow_mut() = Some(saved.clone());
        drop(saved);
        assert_eq!(gc::collect(), 1);
        assert_eq!(gc::garbage().len(), 1);
    };
    thread::spawn(run).join().unwrap();
    assert_eq!(Arc::strong_count(&kept), 1);
}

/// A cycle that owns something else.
#[derive(Trace)]
struct Saved {
    me: RefCell<Option<Gc<Saved>>>,
    _kept: Arc<()>,
}
