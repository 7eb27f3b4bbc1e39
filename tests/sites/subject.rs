//! An object with a piece of user code at every site where there can be one.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::thread;

use gcycle::{Finalize, Gc, Trace, Tracer, Untraced, gc};

/// Code of the user: what it does, and how often it was called.
#[derive(Clone)]
pub(crate) struct Code {
    body: Rc<dyn Fn()>,
    calls: Rc<Cell<u32>>,
}

impl Code {
    pub(crate) fn new(body: impl Fn() + 'static) -> Code {
        Code { body: Rc::new(body), calls: Rc::default() }
    }

    /// Code that does nothing but be counted.
    pub(crate) fn nothing() -> Code {
        Code::new(|| ())
    }

    pub(crate) fn call(&self) {
        self.calls.set(self.calls() + 1);
        (self.body)();
    }

    pub(crate) fn calls(&self) -> u32 {
        self.calls.get()
    }
}

/// Calls its code when it is dropped.
struct OnDrop(Code);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.call();
    }
}

/// An object with user code at its three sites.
pub(crate) struct Subject {
    pub(crate) me: RefCell<Option<Gc<Subject>>>,
    on_trace: Code,
    on_finalize: Code,
    _on_drop: Untraced<OnDrop>,
}

// SAFETY: the one edge is reported once; the code that tests put here changes
// nothing of what the object owns.
unsafe impl Trace for Subject {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.on_trace.call();
        self.me.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(<Self as Finalize>::finalize)
    }
}

impl Finalize for Subject {
    fn finalize(&self) {
        self.on_finalize.call();
    }
}

/// The sites of a [`Subject`].
#[derive(Clone, Copy)]
pub(crate) enum Site {
    Trace,
    Finalize,
    Drop,
}

impl Subject {
    /// An object whose `site` runs `code`.
    pub(crate) fn new(site: Site, code: &Code) -> Gc<Subject> {
        let mut codes = [Code::nothing(), Code::nothing(), Code::nothing()];
        codes[site as usize] = code.clone();
        let [on_trace, on_finalize, on_drop] = codes;
        let on_drop = Untraced(OnDrop(on_drop));
        Gc::new(Subject { me: RefCell::default(), on_trace, on_finalize, _on_drop: on_drop })
    }

    /// The same in a cycle with itself.
    pub(crate) fn cyclic(site: Site, code: &Code) -> Gc<Subject> {
        let subject = Subject::new(site, code);
        *subject.me.borrow_mut() = Some(subject.clone());
        subject
    }
}

/// An object in a cycle with itself that has no user code.
#[derive(Default, Trace)]
pub(crate) struct Quiet(RefCell<Option<Gc<Quiet>>>);

impl Quiet {
    pub(crate) fn cyclic() -> Gc<Quiet> {
        let quiet = Gc::new(Quiet::default());
        *quiet.0.borrow_mut() = Some(quiet.clone());
        quiet
    }
}

/// So many objects are enough for several collections.
const MANY: usize = if cfg!(miri) { 4 } else { 64 };

/// Makes garbage, and objects that die at once, while collections are due all
/// the time; checks that what lives is intact.
pub(crate) fn allocate() {
    let (.., threshold) = (gc::get_count(), gc::get_threshold());
    gc::set_threshold(1, 1, 1);
    let texts: Vec<Gc<String>> = (0..MANY).map(|number| Gc::new(number.to_string())).collect();
    let lists: Vec<_> = texts.chunks(8).map(|texts| Gc::new(texts.to_vec())).collect();
    for _ in 0..MANY {
        drop(Quiet::cyclic());
    }
    let all = lists.iter().flat_map(|list| list.iter().map(|text| text.parse::<usize>()));
    assert!(all.enumerate().all(|(number, text)| text == Ok(number)));
    let (young, middle, old) = threshold;
    gc::set_threshold(young, middle, old);
}

/// What a panic of the user's code carries.
pub(crate) const PANIC: &str = "a panic of the user's code";

/// Panics.
pub(crate) fn panic() {
    panic::panic_any(PANIC);
}

/// Checks that `run` panics with [`PANIC`].
pub(crate) fn assert_panics<R>(run: impl FnOnce() -> R) {
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    let panic = outcome.err().expect("the panic comes out");
    assert_eq!(panic.downcast_ref(), Some(&PANIC));
}

/// Checks that a collection finds a cycle: whatever happened before, there is
/// always a next one.
pub(crate) fn assert_collector_works() {
    gc::collect();
    drop(Quiet::cyclic());
    assert_eq!(gc::collect(), 1);
}

/// Runs a test on a thread of its own, whose heap is fresh.
pub(crate) fn on_a_fresh_heap(test: impl FnOnce() + Send + 'static) {
    let outcome = thread::spawn(test).join();
    outcome.unwrap_or_else(|panic| panic::resume_unwind(panic));
}
