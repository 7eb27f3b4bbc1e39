//! The library on `wasm32-unknown-unknown`, where test programs have no arguments and no
//! output: functions that `.ci/wasm.mjs` calls. Each returns how much it checked, and
//! traps if something is wrong; [`said`] then has the message.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::missing_panics_doc,
    clippy::needless_for_each,
    clippy::semicolon_if_nothing_returned,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::struct_excessive_bools,
    reason = "tests read like the code of users"
)]

use std::cell::{Cell, RefCell};
use std::sync::{Mutex, PoisonError};

use gcycle::weak::WeakMap;
use gcycle::{Finalize, Gc, Trace, gc};

use program::{Code, Program};

#[path = "../model/machine.rs"]
mod machine;
#[path = "../model/oracle.rs"]
mod oracle;
#[path = "../model/program.rs"]
mod program;
#[path = "../model/values.rs"]
mod values;

/// What the last panic said.
static SAID: Mutex<String> = Mutex::new(String::new());
/// What the caller writes for [`corpus`].
static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

thread_local! {
    static DROPPED: Cell<u32> = const { Cell::new(0) };
    static FINALIZED: Cell<u32> = const { Cell::new(0) };
    static SAVED: RefCell<Option<Gc<Node>>> = const { RefCell::new(None) };
}

/// Notes what panics say; to call once, before everything else.
#[unsafe(no_mangle)]
pub extern "C" fn listen() {
    std::panic::set_hook(Box::new(|info| {
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
    }));
}

/// Where the last panic's message is.
#[unsafe(no_mangle)]
pub extern "C" fn said() -> *const u8 {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}

/// How long it is.
#[unsafe(no_mangle)]
pub extern "C" fn said_length() -> usize {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Whether panics can be caught, so that programs of the model may panic.
#[unsafe(no_mangle)]
pub extern "C" fn panics_unwind() -> bool {
    cfg!(panic = "unwind")
}

/// One of a ring, or of nothing.
#[derive(Default)]
struct Node {
    next: RefCell<Option<Gc<Node>>>,
    text: RefCell<String>,
}

impl Node {
    fn before(next: Gc<Node>) -> Gc<Node> {
        Gc::new(Node { next: RefCell::new(Some(next)), text: RefCell::default() })
    }
}

// SAFETY: the one edge is reported once; neither drop nor finalizer look at it.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut gcycle::Tracer<'_>) {
        self.next.trace(tracer);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
    }
}

/// Two objects that refer to each other; returns one of them.
fn ring() -> Gc<Node> {
    let first = Gc::new(Node::default());
    let second = Node::before(first.clone());
    *first.next.borrow_mut() = Some(second);
    first
}

/// The heap is empty, and nothing of it is kept.
fn assert_empty() {
    gc::collect();
    assert_eq!(gc::memory().objects, 0, "every object was freed");
    gc::trim();
    assert_eq!(gc::memory().reserved_bytes, 0, "memory that nothing uses is kept");
}

/// Makes and drops so many rings of two; collections start by themselves. Returns how many
/// of the objects these found.
#[unsafe(no_mangle)]
pub extern "C" fn rings(count: u32) -> u32 {
    let before = DROPPED.replace(0);
    for _ in 0..count {
        drop(ring());
    }
    let found = DROPPED.get();
    gc::collect();
    assert_eq!(DROPPED.replace(before), 2 * count, "each object was dropped once");
    assert_empty();
    found
}

/// A list of so many objects is dropped, and then a ring of so many collected: no step of
/// that may go as deep as they are long.
#[unsafe(no_mangle)]
pub extern "C" fn list(length: u32) -> u32 {
    for is_ring in [false, true] {
        let before = DROPPED.replace(0);
        let last = Gc::new(Node::default());
        let first = (1..length).fold(last.clone(), |next, _| Node::before(next));
        if is_ring {
            *last.next.borrow_mut() = Some(first.clone());
        }
        drop((first, last));
        assert_eq!(gc::collect(), if is_ring { length as usize } else { 0 });
        assert_eq!(DROPPED.replace(before), length);
        assert_empty();
    }
    2 * length
}

/// Handles are counted, compared, written through, made of slices and text, and taken
/// apart.
#[unsafe(no_mangle)]
pub extern "C" fn pointers() -> u32 {
    let mut one = Gc::new(7_u64);
    let other = one.clone();
    assert_eq!((Gc::strong_count(&one), Gc::ptr_eq(&one, &other)), (2, true));
    *Gc::make_mut(&mut one) += 1;
    assert_eq!((*one, *other), (8, 7));
    assert_eq!((Gc::try_unwrap(one).ok(), Gc::into_inner(other)), (Some(8), Some(7)));
    let text: Gc<str> = Gc::from("some text");
    let items: Gc<[Gc<str>]> = (0..10_000).map(|_| text.clone()).collect();
    assert_eq!((items.len(), Gc::strong_count(&text)), (10_000, 10_001));
    let raw = Gc::into_raw(text);
    // SAFETY: it comes from `into_raw`, and no other handle is made of it.
    let text = unsafe { Gc::from_raw(raw) };
    drop(items);
    assert_eq!((&*text, Gc::strong_count(&text)), ("some text", 1));
    let weak = Gc::downgrade(&text);
    assert!(weak.upgrade().is_some());
    drop(text);
    assert!(weak.upgrade().is_none());
    drop(weak);
    assert_empty();
    1
}

/// In a ring with itself; its finalizer counts, and saves another ring.
#[derive(Trace)]
#[trace(finalize)]
struct Last {
    own: RefCell<Option<Gc<Last>>>,
    ring: Gc<Node>,
}

impl Finalize for Last {
    fn finalize(&self) {
        FINALIZED.set(FINALIZED.get() + 1);
        *self.ring.text.borrow_mut() = "saved".into();
        SAVED.set(Some(self.ring.clone()));
    }
}

/// So many finalizers run once each, and may resurrect.
#[unsafe(no_mangle)]
pub extern "C" fn finalizers(count: u32) -> u32 {
    FINALIZED.set(0);
    for _ in 0..count {
        let last = Gc::new(Last { own: RefCell::default(), ring: ring() });
        *last.own.borrow_mut() = Some(last.clone());
        drop(last);
        assert_eq!(gc::collect(), 1, "what the finalizer saved is alive");
        let saved = SAVED.take().expect("it saved the ring");
        assert_eq!(&**saved.text.borrow(), "saved");
        drop(saved);
        assert_eq!(gc::collect(), 2);
    }
    assert_empty();
    FINALIZED.get()
}

/// Entries of a weak map go with their keys, also where the value holds the key.
#[unsafe(no_mangle)]
pub extern "C" fn weak_maps(count: u32) -> u32 {
    let map: WeakMap<Node, Gc<Node>> = WeakMap::new();
    let keys: Vec<_> = (0..count).map(|_| ring()).collect();
    for key in &keys {
        map.insert(key, key.clone());
    }
    gc::collect();
    assert!(keys.iter().all(|key| map.contains_key(key)));
    let kept = keys.into_iter().step_by(2).collect::<Vec<_>>();
    gc::collect();
    assert_eq!(map.len(), kept.len());
    drop(kept);
    gc::collect();
    assert!(map.is_empty());
    drop(map);
    assert_empty();
    count
}

/// Weak callbacks run once, when the collection finds the object.
#[unsafe(no_mangle)]
pub extern "C" fn callbacks(count: u32) -> u32 {
    let called = std::rc::Rc::new(Cell::new(0));
    let watches: Vec<_> = (0..count)
        .map(|_| {
            let called = called.clone();
            Gc::downgrade_with(&ring(), move || called.set(called.get() + 1))
        })
        .collect();
    gc::collect();
    assert!(watches.iter().all(|weak| weak.upgrade().is_none()));
    drop(watches);
    assert_empty();
    called.get()
}

/// Collections start at the threshold, and not where they are switched off. Returns how
/// many started.
#[unsafe(no_mangle)]
pub extern "C" fn thresholds() -> u32 {
    assert_eq!(gc::get_threshold(), (700, 10, 10));
    let started = || gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>();
    let before = started();
    gc::disable();
    (0..5_000).for_each(|_| drop(ring()));
    assert_eq!(started(), before);
    gc::enable();
    gc::collect();
    let before = started();
    gc::set_threshold(50, 5, 5);
    (0..5_000).for_each(|_| drop(ring()));
    let count = started() - before;
    gc::set_threshold(700, 10, 10);
    assert_empty();
    count.try_into().expect("not so many")
}

/// Runs so many random programs of up to `most` operations as `tests/model` does.
#[unsafe(no_mangle)]
pub extern "C" fn model(seed: u32, count: u32, most: u32) -> u32 {
    // SplitMix64.
    let mut state = u64::from(seed) << 32 | u64::from(most);
    let mut random = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) as u32
    };
    for number in 0..count {
        let length = 1 + random() % most;
        let codes: Vec<Code> = (0..length).map(|_| random().to_le_bytes()).collect();
        let program = Program::of_codes(&codes, number as u8);
        if number % 4 == 0 { machine::run_here(&program) } else { machine::run_alone(&program) }
    }
    count
}

/// Room for so many bytes, to be filled before [`corpus`] is called.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    *input = vec![0; length];
    input.as_mut_ptr()
}

/// Runs the program that was written to [`room`], and returns how many operations it has.
#[unsafe(no_mangle)]
pub extern "C" fn corpus() -> usize {
    let program = Program::decode(&INPUT.lock().unwrap_or_else(PoisonError::into_inner));
    machine::run_alone(&program);
    program.ops.len()
}
