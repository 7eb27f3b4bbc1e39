//! `FinalizeTestCase`: callbacks that nobody has to hold.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;

use gcycle::gc::Object;
use gcycle::weak::Finalizer;
use gcycle::{Gc, gc, weak};

use crate::objects::Plain;

pub(super) fn test_finalize() {
    let object = Plain::new();
    let results: Rc<RefCell<Vec<i32>>> = Rc::default();
    let add = |x: i32, y: i32, z: i32| {
        let results = Rc::clone(&results);
        move || {
            results.borrow_mut().push(x + y + z);
            x + y + z
        }
    };
    let check_done = |finalizer: Finalizer<i32>, expected: &[i32]| {
        assert_eq!(finalizer.call(), None);
        assert_eq!(finalizer.call(), None);
        assert_eq!(finalizer.peek(), None);
        assert!(finalizer.detach().is_none());
        assert!(!finalizer.is_alive());
        assert_eq!(results.take(), expected);
    };

    let finalizer = weak::finalize(&object, add(67, 43, 89));
    assert!(finalizer.is_alive());
    assert_eq!(finalizer.peek(), Some(Object::from(&object)));
    assert_eq!(finalizer.call(), Some(199));
    check_done(finalizer, &[199]);

    let finalizer = weak::finalize(&object, add(67, 43, 89));
    assert_eq!(finalizer.peek(), Some(Object::from(&object)));
    let (detached, callback) = finalizer.detach().unwrap();
    assert_eq!(detached, Object::from(&object));
    drop(detached);
    check_done(finalizer, &[]);
    // A closure has its arguments with it; its result tells that they are those.
    assert_eq!(callback(), 199);
    assert_eq!(results.take(), [199]);

    let finalizer = weak::finalize(&object, add(67, 43, 89));
    drop(object);
    check_done(finalizer, &[199]);
}

pub(super) fn test_order() {
    let object = Plain::new();
    let log: Rc<RefCell<Vec<&str>>> = Rc::default();
    let note = |name| {
        let log = Rc::clone(&log);
        move || log.borrow_mut().push(name)
    };
    // Nobody holds the first and the fourth.
    weak::finalize(&object, note("f1"));
    let f2 = weak::finalize(&object, note("f2"));
    let f3 = weak::finalize(&object, note("f3"));
    weak::finalize(&object, note("f4"));
    let f5 = weak::finalize(&object, note("f5"));
    assert!(f2.is_alive() && f3.is_alive() && f5.is_alive());

    assert!(f5.detach().is_some());
    assert!(!f5.is_alive());
    f5.call();
    note("A")();
    f3.call();
    assert!(!f3.is_alive());
    note("B")();
    f3.call();
    note("C")();
    drop(object);
    assert!(!f2.is_alive());
    note("D")();
    f2.call();
    assert_eq!(*log.borrow(), ["A", "f3", "B", "C", "f4", "f2", "f1", "D"]);
}

pub(super) fn test_all_freed() {
    let object = Plain::new();
    let callback = Rc::new(Cell::new(0));
    let weak_callback = Rc::downgrade(&callback);
    let finalizer = weak::finalize(&object, move || callback.set(123));
    assert!(weak_callback.upgrade().is_some());
    drop(object);
    assert!(weak_callback.upgrade().is_none());
    assert!(!finalizer.is_alive());
    gc::collect();
    assert_eq!(gc::memory().objects, 0);
}

std::thread_local! {
    /// Keeps the object of `test_atexit` alive until its thread ends.
    static GLOBAL: RefCell<Option<Gc<Plain>>> = const { RefCell::new(None) };
}

pub(super) fn test_atexit() {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let on_thread = Arc::clone(&log);
    let run = move || {
        let print = |name: &str| {
            let (log, name) = (Arc::clone(&on_thread), String::from(name));
            move || log.lock().unwrap().push(name)
        };
        // Made before the first object, it is destroyed after the heap ended.
        GLOBAL.set(None);
        let object = Plain::new();
        GLOBAL.set(Some(object.clone()));
        weak::finalize(&object, print("f1 foobar"));
        let f2 = weak::finalize(&object, print("f2 foobar"));
        f2.set_at_exit(false);
        let error = {
            let (print_error, print_last) = (print("f3 error"), print("g1"));
            let object = Gc::downgrade(&object);
            move || {
                // One that is made now is the next to run.
                weak::finalize(&object.upgrade().unwrap(), print_last);
                print_error();
                panic!("this goes no further");
            }
        };
        weak::finalize(&object, error);
        weak::finalize(&object, print("f4 foobar"));
    };
    thread::spawn(run).join().unwrap();
    assert_eq!(*log.lock().unwrap(), ["f4 foobar", "f3 error", "g1", "f1 foobar"]);
}
