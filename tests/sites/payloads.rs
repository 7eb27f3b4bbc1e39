//! What a panic carries is a value of the user: dropping it runs code. Each site with
//! panics whose payloads panic again, collect, allocate or drop the last handle.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::thread;

use gcycle::weak::{self, WeakMap};
use gcycle::{Gc, Trace, Untraced, gc};

use crate::subject::{
    Code, Quiet, Site, Subject, allocate, assert_collector_works, on_a_fresh_heap,
};

thread_local! {
    /// How many payloads were dropped.
    static DROPPED: Cell<u32> = const { Cell::new(0) };
    /// What the next payload that drops handles is to drop.
    static LAST: RefCell<Vec<Gc<Subject>>> = const { RefCell::new(Vec::new()) };
}

/// What the drop of a payload does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Nothing,
    Panics,
    Collects,
    Allocates,
    DropsTheLastHandle,
}

const DEEDS: [Deed; 5] =
    [Deed::Nothing, Deed::Panics, Deed::Collects, Deed::Allocates, Deed::DropsTheLastHandle];

struct Payload(Deed);

impl Drop for Payload {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
        match self.0 {
            Deed::Nothing => {}
            Deed::Panics => panic::panic_any(Payload(Deed::Panics)),
            Deed::Collects => {
                drop(Quiet::cyclic());
                gc::collect();
            }
            Deed::Allocates => allocate(),
            Deed::DropsTheLastHandle => LAST.with(|last| drop(last.take())),
        }
    }
}

/// Code that panics, and what its payloads do.
fn panicking(deed: Deed) -> Code {
    // An object that nothing holds but what the payload drops, and a cycle of two.
    let last = [Subject::new(Site::Finalize, &Code::nothing()), two()];
    LAST.with(|kept| kept.borrow_mut().extend(last));
    Code::new(move || panic::panic_any(Payload(deed)))
}

/// One of two objects that hold each other.
fn two() -> Gc<Subject> {
    let code = Code::nothing();
    let [one, other] = [Site::Finalize, Site::Drop].map(|site| Subject::new(site, &code));
    *one.me.borrow_mut() = Some(other.clone());
    *other.me.borrow_mut() = Some(one.clone());
    one
}

/// Runs `site` with payloads that do each deed, on a heap of its own each time, and checks
/// that nothing is left and the collector works. `site` is given code that panics.
fn with_each_deed(site: fn(&Code)) {
    for deed in DEEDS {
        let run = move || {
            let code = panicking(deed);
            let caught = panic::catch_unwind(AssertUnwindSafe(|| site(&code)));
            if let Err(payload) = caught {
                assert!(payload.is::<Payload>(), "{deed:?}: another panic came out");
                panics(|| drop(payload));
            }
            assert!(code.calls() > 0, "{deed:?}");
            drop((code, LAST.with(RefCell::take)));
            assert_collector_works();
            assert_eq!(gc::get_objects(None).len(), 0, "{deed:?}");
            assert_eq!(gc::memory().objects, 0, "{deed:?}");
        };
        assert!(thread::spawn(run).join().is_ok(), "{deed:?}");
    }
}

/// Whether `run` panics; what the panic carries is forgotten.
fn panics(run: impl FnOnce()) -> bool {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(ManuallyDrop::new).is_err()
}

/// Drops several cycles whose `site` runs `code`, and collects.
fn collect_cycles(site: Site, code: &Code) {
    let garbage: Vec<_> = (0..3).map(|_| Subject::cyclic(site, code)).collect();
    drop((garbage, Quiet::cyclic()));
    gc::collect();
}

#[test]
fn a_trace_in_a_collection() {
    with_each_deed(|code| {
        let pause = gc::pause();
        let panics = Rc::new(Cell::new(true));
        let once = Code::new({
            let (panics, code) = (Rc::clone(&panics), code.clone());
            move || {
                if panics.get() {
                    code.call();
                }
            }
        });
        drop((Subject::cyclic(Site::Trace, &once), Quiet::cyclic()));
        let outcome = panic::catch_unwind(gc::collect);
        panics.set(false);
        drop(pause);
        outcome.unwrap_or_else(|payload| panic::resume_unwind(payload));
    });
}

#[test]
fn a_finalizer_in_a_collection() {
    with_each_deed(|code| collect_cycles(Site::Finalize, code));
}

#[test]
fn a_finalizer_when_the_count_reaches_zero() {
    with_each_deed(|code| drop(Subject::new(Site::Finalize, code)));
}

#[test]
fn a_drop_in_a_collection() {
    with_each_deed(|code| collect_cycles(Site::Drop, code));
}

#[test]
fn a_drop_when_the_count_reaches_zero() {
    with_each_deed(|code| drop(Subject::new(Site::Drop, code)));
}

#[test]
fn drops_and_finalizers_far_down_a_list() {
    with_each_deed(|code| {
        // Not more than one drop: two at a time end the process, by a rule of the language.
        let mut list = Subject::new(Site::Drop, code);
        for _ in 0..if cfg!(miri) { 30 } else { 1000 } {
            let next = Subject::new(Site::Finalize, code);
            *next.me.borrow_mut() = Some(list);
            list = next;
        }
        drop(list);
    });
}

#[test]
fn a_callback_of_collections() {
    with_each_deed(|code| {
        let again = code.clone();
        let first = gc::add_callback(move |_, _| again.call());
        let again = code.clone();
        let second = gc::add_callback(move |_, _| again.call());
        drop(Quiet::cyclic());
        assert!(gc::collect() > 0);
        assert!(gc::remove_callback(first) && gc::remove_callback(second));
    });
}

#[test]
fn a_callback_that_removes_itself_and_panics_when_it_is_dropped() {
    with_each_deed(|code| {
        struct OnDrop(Code);
        impl Drop for OnDrop {
            fn drop(&mut self) {
                self.0.call();
            }
        }
        let id = Rc::new(Cell::new(None));
        let captured = (Rc::clone(&id), OnDrop(code.clone()));
        id.set(Some(gc::add_callback(move |_, _| {
            let (id, _) = &captured;
            id.take().map(gc::remove_callback);
        })));
        drop(Quiet::cyclic());
        assert!(gc::collect() > 0);
    });
}

#[test]
fn callbacks_of_weak_handles() {
    with_each_deed(|code| {
        let [one, cyclic] = [Quiet::cyclic(), Quiet::cyclic()];
        let call = || {
            let code = code.clone();
            move || code.call()
        };
        let handles = [(); 2].map(|()| Gc::downgrade_with(&cyclic, call()));
        weak::finalize(&one, call());
        weak::finalize(&cyclic, call());
        drop((one, cyclic));
        gc::collect();
        assert_eq!(code.calls(), 4);
        drop(handles);
    });
}

#[test]
fn callbacks_of_weak_handles_when_the_count_reaches_zero() {
    with_each_deed(|code| {
        let text = Gc::new(String::from("text"));
        let call = || {
            let code = code.clone();
            move || code.call()
        };
        let handles = [(); 2].map(|()| Gc::downgrade_with(&text, call()));
        weak::finalize(&text, call());
        drop(text);
        assert_eq!(code.calls(), 3);
        drop(handles);
    });
}

/// Calls its code when it is dropped.
struct OnDrop(Code);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.call();
    }
}

#[test]
fn what_callbacks_capture() {
    with_each_deed(|code| {
        let text = Gc::new(String::from("text"));
        // Each captures the weak handle before it.
        let mut handle = None;
        for _ in 0..100 {
            let captured = (OnDrop(code.clone()), handle.take());
            handle = Some(Gc::downgrade_with(&text, move || drop(captured)));
        }
        let caught = panic::catch_unwind(AssertUnwindSafe(|| drop(handle)));
        assert_eq!(code.calls(), 100, "none was lost");
        assert_eq!(Gc::weak_count(&text), 0);
        caught.unwrap_or_else(|payload| panic::resume_unwind(payload));
    });
}

#[test]
fn values_of_a_weak_map() {
    with_each_deed(|code| {
        let map: WeakMap<Quiet, Untraced<OnDrop>> = WeakMap::new();
        let [one, cyclic] = [Gc::new(Quiet::default()), Quiet::cyclic()];
        for key in [&one, &cyclic] {
            map.insert(key, Untraced(OnDrop(code.clone())));
        }
        let unwrapped = Gc::new(Quiet::default());
        map.insert(&unwrapped, Untraced(OnDrop(code.clone())));
        assert!(panics(|| drop(one)));
        assert!(panics(|| drop(Gc::try_unwrap(unwrapped))));
        drop(cyclic);
        let caught = panic::catch_unwind(gc::collect);
        assert!(map.is_empty());
        assert_eq!(code.calls(), 3);
        caught.unwrap_or_else(|payload| panic::resume_unwind(payload));
    });
}

/// What lies in a lock that is looked into.
#[derive(Trace)]
struct Locked(std::sync::Mutex<Option<Gc<Subject>>>);

#[test]
fn a_trace_while_a_panic_unwinds() {
    with_each_deed(|code| {
        /// Collects when it is dropped.
        struct Collects;
        impl Drop for Collects {
            fn drop(&mut self) {
                gc::collect();
            }
        }
        let pause = gc::pause();
        let calls = Cell::new(0);
        let twice = Code::new({
            let code = code.clone();
            move || {
                calls.set(calls.get() + 1);
                if calls.get() < 3 {
                    code.call();
                }
            }
        });
        let subject = Subject::cyclic(Site::Trace, &twice);
        drop(Gc::new(Locked(std::sync::Mutex::new(Some(subject.clone())))));
        drop((subject, Quiet::cyclic()));
        for _ in 0..2 {
            let outcome = panic::catch_unwind(|| {
                let _collects = Collects;
                panic::panic_any("the outer one");
            });
            assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the outer one"));
        }
        drop(pause);
    });
}

#[test]
fn all_sites_while_a_panic_unwinds() {
    /// Drops garbage and collects it when it is dropped.
    struct Drops(Code);
    impl Drop for Drops {
        fn drop(&mut self) {
            for site in [Site::Finalize, Site::Drop] {
                collect_cycles(site, &self.0);
            }
            drop(Subject::new(Site::Finalize, &self.0));
        }
    }
    // The second of two panics at a time comes with a backtrace, which takes Miri a minute.
    if cfg!(miri) {
        panic::set_hook(Box::new(|_| ()));
    }
    with_each_deed(|code| {
        let code = code.clone();
        let outcome = panic::catch_unwind(AssertUnwindSafe(move || {
            let _drops = Drops(code);
            panic::panic_any("the outer one");
        }));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the outer one"));
    });
}

#[test]
fn all_sites_when_the_thread_ends() {
    for deed in DEEDS {
        for site in [Site::Finalize, Site::Drop] {
            let run = move || {
                // No collection but the last ones.
                gc::disable();
                let code = Code::new(move || panic::panic_any(Payload(deed)));
                for _ in 0..3 {
                    drop(Subject::cyclic(site, &code));
                }
                let again = code.clone();
                gc::add_callback(move |_, _| again.call());
                let text = Gc::new(String::from("held"));
                weak::finalize(&text, move || code.call());
                let _held = ManuallyDrop::new(text);
            };
            assert!(thread::spawn(run).join().is_ok(), "{deed:?}");
        }
    }
}

#[test]
fn a_finalizer_that_breaks_its_cycle_and_a_drop_both_panic() {
    /// Takes the handle to itself out and panics; its field panics too.
    #[derive(Trace)]
    #[trace(finalize)]
    struct Both {
        me: RefCell<Option<Gc<Both>>>,
        _on_drop: Untraced<OnDrop>,
    }
    impl gcycle::Finalize for Both {
        fn finalize(&self) {
            drop(self.me.take());
            panic::panic_any("finalizer");
        }
    }
    on_a_fresh_heap(|| {
        let code = Code::new(|| panic::panic_any("drop"));
        let on_drop = Untraced(OnDrop(code.clone()));
        let both = Gc::new(Both { me: RefCell::default(), _on_drop: on_drop });
        *both.me.borrow_mut() = Some(both.clone());
        drop(both);
        let outcome = panic::catch_unwind(gc::collect);
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"finalizer"));
        assert_eq!(code.calls(), 1);
        assert_collector_works();
    });
}
