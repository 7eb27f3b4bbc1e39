//! Types that panic when they are asked about themselves: no object is made, and nothing is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;

use gcycle::{Ask, Gc, Trace, Tracer, gc};

/// The question that makes a type panic.
const TRACKED: u8 = 0;
const FINALIZERS: u8 = 1;
const DROPS: u8 = 2;

struct Asked<const WHICH: u8>(#[expect(dead_code, reason = "it is counted")] Rc<()>);

// SAFETY: there is nothing to report.
unsafe impl<const WHICH: u8> Trace for Asked<WHICH> {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn tracked() -> bool {
        assert_ne!(WHICH, TRACKED, "it does not say");
        true
    }

    fn has_finalizers(_: impl Ask) -> bool {
        assert_ne!(WHICH, FINALIZERS, "it does not say");
        false
    }

    fn drops_quietly(_: impl Ask) -> bool {
        assert_ne!(WHICH, DROPS, "it does not say");
        false
    }
}

/// Tries to make many objects, and looks at what is left.
fn try_to_make<T: Trace + 'static>(value: fn(Rc<()>) -> T) {
    thread::spawn(move || {
        let counter = Rc::new(());
        let before = gc::get_count();
        let mut are_made = false;
        for _ in 0..2000 {
            let value = value(counter.clone());
            are_made |= catch_unwind(AssertUnwindSafe(|| Gc::new(value))).is_ok();
        }
        assert_eq!(Rc::strong_count(&counter), 1);
        let memory = gc::memory();
        assert_eq!(memory.objects, 0);
        assert_eq!(memory.live_bytes, 0);
        // Debug builds do not ask for each object, and collections may have run then.
        assert!(are_made || gc::get_count() == before);
        drop(Gc::new(5));
        gc::collect();
    })
    .join()
    .expect("no thread panics");
}

#[test]
fn a_type_that_does_not_say_whether_it_is_tracked_makes_no_objects() {
    try_to_make(Asked::<TRACKED>);
}

#[test]
fn a_type_that_does_not_say_whether_it_has_finalizers_makes_no_objects() {
    try_to_make(Asked::<FINALIZERS>);
}

#[test]
fn a_type_that_does_not_say_whether_its_drops_are_quiet_loses_nothing() {
    try_to_make(Asked::<DROPS>);
}
