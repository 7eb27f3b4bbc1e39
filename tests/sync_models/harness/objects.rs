//! Objects whose life is watched: each access to the value says that it was not dropped, and each
//! access to the header says that the slot was not freed.

use core::ptr::NonNull;
use core::sync::atomic::AtomicU32;

use super::atomic::{AtomicBool, AtomicPtr, Ordering};
use super::backend::{Mutex, MutexGuard, UnsafeCell, thread};
use super::candidates::Candidates;
use super::collection::{Seen, collect, confirm, gather, look};
use super::dead::{Dead, bury};
use super::exclusive::{Detach, detach, exclude};
use super::generation::Generation;
use super::graph::Graph;
use super::look::Look;
use super::members::NOWHERE;
use super::object::Object;
use super::traced::{Traced, Tracing};
use super::weak;
use super::weak_count::WeakCount;
use super::word::{Kind, Released, Word};

/// What a slot was made for, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Used,
    Gone,
}

/// The objects of one run.
pub(crate) struct World {
    /// What is old, or to be looked at again, and what is young.
    candidates: [Candidates<At>; 2],
    /// Whether a collection runs. It is no `Mutex`, because loom does not change threads where
    /// one is released.
    running: AtomicBool,
    /// Held by whoever decides.
    deciding: Mutex<()>,
    /// Held by a collection while it reads values.
    reading: Mutex<()>,
    /// Whether the traces of fragile objects panic.
    panics: core::sync::atomic::AtomicBool,
    /// What finalizers have saved, until the end of the run.
    saved: std::sync::Mutex<Vec<Handle>>,
    /// All slots, for the end of the run.
    slots: std::sync::Mutex<Vec<At>>,
}

struct Slot {
    world: &'static World,
    word: Word,
    weak_count: WeakCount,
    below: AtomicPtr<()>,
    /// It belongs to the one collection that runs.
    index: AtomicU32,
    /// Whether a trace may panic, and its guard then is not kept.
    is_fragile: bool,
    /// Whether it was finalized.
    is_finalized: UnsafeCell<bool>,
    /// Handles that never change.
    fixed: UnsafeCell<Vec<Handle>>,
    /// Handles that threads take and put back.
    locked: UnsafeCell<Mutex<Vec<Handle>>>,
    /// Weak handles that never change.
    weak: UnsafeCell<Vec<Weak>>,
    /// Weak handles that threads take and put back.
    weak_locked: UnsafeCell<Mutex<Vec<Weak>>>,
    value: UnsafeCell<State>,
    slot: UnsafeCell<State>,
}

/// The pointer that the protocol works with.
#[derive(Clone, Copy)]
pub(crate) struct At(&'static Slot);

// SAFETY: what a slot shares without synchronisation is what the models look for.
unsafe impl Send for At {}
// SAFETY: as above.
unsafe impl Sync for At {}
// SAFETY: as above.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

/// A counted handle.
pub(crate) struct Handle(At);

/// A weak handle.
pub(crate) struct Weak(At);

/// What an object is made of.
#[derive(Default)]
struct Parts {
    is_fragile: bool,
    has_finalizers: bool,
    is_leaf: bool,
    fixed: Vec<Handle>,
    locked: Vec<Handle>,
    weak: Vec<Weak>,
}

impl World {
    pub(crate) fn new() -> &'static World {
        Box::leak(Box::new(World {
            candidates: [Candidates::new(), Candidates::new()],
            running: AtomicBool::new(false),
            deciding: Mutex::new(()),
            reading: Mutex::new(()),
            panics: core::sync::atomic::AtomicBool::new(true),
            saved: std::sync::Mutex::new(Vec::new()),
            slots: std::sync::Mutex::new(Vec::new()),
        }))
    }

    /// A new object with these handles in it.
    pub(crate) fn object(&'static self, fixed: Vec<Handle>, locked: Vec<Handle>) -> Handle {
        self.make(Parts { fixed, locked, ..Parts::default() })
    }

    /// A new object with these weak handles in it.
    pub(crate) fn observer(&'static self, weak: Vec<Weak>) -> Handle {
        self.make(Parts { weak, ..Parts::default() })
    }

    /// A new object that is finalized, with these handles in it.
    pub(crate) fn finalizable(&'static self, fixed: Vec<Handle>) -> Handle {
        self.make(Parts { has_finalizers: true, fixed, ..Parts::default() })
    }

    /// A new object that refers to nothing, for ever.
    pub(crate) fn leaf(&'static self) -> Handle {
        self.make(Parts { is_leaf: true, ..Parts::default() })
    }

    /// One whose trace panics until the end of the run.
    pub(crate) fn fragile(&'static self) -> Handle {
        self.make(Parts { is_fragile: true, ..Parts::default() })
    }

    /// A new object that a weak handle was lent to before its value was there. `lend` says whether
    /// the value is made.
    pub(crate) fn cyclic(&'static self, lend: impl FnOnce(&Weak) -> bool) -> Option<Handle> {
        let at = self.slot(Word::unbuilt(Kind::default()), State::Gone, Parts::default());
        at.weak_count().retain();
        let weak = Weak(at);
        if !lend(&weak) {
            weak::give_up_slot(at);
            return None;
        }
        // SAFETY: nobody reads before the object is built; loom says so if not.
        at.0.value.with_mut(|value| unsafe { *value = State::Used });
        at.word().build();
        Some(Handle(at))
    }

    fn make(&'static self, parts: Parts) -> Handle {
        let kind = Kind { has_finalizers: parts.has_finalizers, is_leaf: parts.is_leaf };
        Handle(self.slot(Word::new(kind), State::Used, parts))
    }

    fn slot(&'static self, word: Word, value: State, parts: Parts) -> At {
        let at = At(Box::leak(Box::new(Slot {
            world: self,
            word,
            weak_count: WeakCount::new(),
            below: AtomicPtr::new(core::ptr::null_mut()),
            index: AtomicU32::new(NOWHERE),
            is_fragile: parts.is_fragile,
            is_finalized: UnsafeCell::new(!parts.has_finalizers),
            fixed: UnsafeCell::new(parts.fixed),
            locked: UnsafeCell::new(Mutex::new(parts.locked)),
            weak: UnsafeCell::new(parts.weak),
            weak_locked: UnsafeCell::new(Mutex::new(vec![])),
            value: UnsafeCell::new(value),
            slot: UnsafeCell::new(State::Used),
        })));
        self.slots.lock().unwrap().push(at);
        at
    }

    /// From here on a collection runs, unless one does.
    fn begin(&self) -> Option<()> {
        let running = &self.running;
        running
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
            .then_some(())
    }

    /// A collection of all objects, unless one runs.
    pub(crate) fn collect(&'static self) -> Option<Seen> {
        self.collect_of(Generation::All)
    }

    /// A collection of young objects, unless one runs.
    pub(crate) fn collect_young(&'static self) -> Option<Seen> {
        self.collect_of(Generation::Young)
    }

    fn collect_of(&'static self, generation: Generation) -> Option<Seen> {
        self.begin()?;
        let mut dead = Dead::new();
        let old = (generation == Generation::All).then_some(&self.candidates[0]);
        let candidates = [&self.candidates[1]].into_iter().chain(old);
        let seen = collect(generation, candidates, &mut Guards::new(self), &mut dead);
        self.running.store(false, Ordering::Release);
        dead.reclaim();
        Some(seen)
    }

    /// The confirmation alone, of all candidates, as if a look had been wrong about each. If there `is_look`,
    /// it has seen their edges, and nothing panicked.
    pub(crate) fn confirm(&'static self, is_look: bool) {
        if self.begin().is_none() {
            return;
        }
        let mut dead = Dead::new();
        let mut guards = Guards::new(self);
        guards.begin();
        let mut graph = gather(Generation::All, &self.candidates, &mut dead);
        if is_look {
            let panics = self.panics.swap(false, Ordering::Relaxed);
            look(&mut graph, &mut guards);
            self.panics.store(panics, Ordering::Relaxed);
        }
        confirm(graph.again(), &mut guards, &mut dead);
        guards.end();
        self.running.store(false, Ordering::Release);
        dead.reclaim();
    }

    /// A look of a tool at all candidates and what they reach: how many handles come from outside, if
    /// it is sure of that.
    pub(crate) fn look(&'static self) -> Option<isize> {
        self.begin()?;
        let mut dead = Dead::new();
        let mut guards = Guards::new(self);
        guards.begin();
        guards.keep_guards();
        guards.keeps_all = true;
        let mut look = Look::gather(&self.candidates, &mut dead);
        look.trace(|object, graph| {
            // SAFETY: members are pinned until the guards were dropped.
            !object.word().may_be_read() || unsafe { object.trace(graph, &mut guards) }
        });
        let observed = look.observe(&[]);
        let is_consistent = look.changed(&[], &observed).is_empty();
        guards.drop_guards();
        look.end(&mut dead);
        guards.end();
        self.running.store(false, Ordering::Release);
        dead.reclaim();
        let handles: u64 = observed.iter().map(|observed| observed.count()).sum();
        is_consistent.then_some(handles as isize - guards.edges as isize)
    }

    /// After all threads are gone: collects, as often as there may be finalizers, dead objects and then
    /// slots, and says how many objects are left.
    pub(crate) fn end(&'static self) -> usize {
        self.panics.store(false, Ordering::Relaxed);
        let mut quiet = 0;
        while quiet < 4 {
            self.collect().expect("no other collection runs");
            let saved = core::mem::take(&mut *self.saved.lock().unwrap());
            saved.iter().for_each(Handle::check);
            // What dies now may save something again.
            quiet = if saved.is_empty() { quiet + 1 } else { 0 };
        }
        let slots = core::mem::take(&mut *self.slots.lock().unwrap());
        let left = slots.iter().filter(|at| at.0.slot.with(|slot| read(slot)) == State::Used);
        let left = left.count();
        for At(slot) in slots {
            let slot: *const Slot = slot;
            if left == 0 {
                // SAFETY: it was leaked by `object`, and nobody has a pointer to it.
                drop(unsafe { Box::from_raw(slot.cast_mut()) });
            }
        }
        left
    }
}

/// What a cell holds.
fn read(state: *const State) -> State {
    // SAFETY: the pointer is that of a cell, which nobody writes to now; loom says so if not.
    unsafe { *state }
}

/// Ends what a cell stands for, once.
fn end(state: *mut State, what: &str) {
    assert_eq!(read(state), State::Used, "{what} twice");
    // SAFETY: the pointer is that of a cell, which nobody uses now; loom says so if not.
    unsafe { *state = State::Gone };
}

impl At {
    /// The list of candidates for an object as old as this.
    fn list(&self) -> &'static Candidates<At> {
        &self.header().world.candidates[usize::from(Generation::Young.contains(*self))]
    }

    /// Enters the object.
    fn enter(self) {
        self.list().enter(self);
    }

    /// The header, which lies in the slot.
    fn header(&self) -> &'static Slot {
        self.0.slot.with(|slot| assert_eq!(read(slot), State::Used, "a freed slot is used"));
        self.0
    }

    /// The slot, whose value is in use.
    fn value(&self) -> &'static Slot {
        let slot = self.header();
        slot.value.with(|value| assert_eq!(read(value), State::Used, "a dropped value is used"));
        slot
    }

    /// The lock in the value.
    fn lock(&self) -> &'static Mutex<Vec<Handle>> {
        // SAFETY: only the drop of the value needs it alone; loom says so if it may run now.
        self.value().locked.with(|locked| unsafe { &*locked })
    }

    /// The lock of weak handles in the value.
    fn weak_lock(&self) -> &'static Mutex<Vec<Weak>> {
        // SAFETY: as in `lock`.
        self.value().weak_locked.with(|locked| unsafe { &*locked })
    }
}

impl Handle {
    /// Another handle to the same object.
    pub(crate) fn another(&self) -> Handle {
        self.0.value();
        self.0.header().word.retain();
        Handle(self.0)
    }

    /// A handle in the object that never changes.
    pub(crate) fn fixed(&self, index: usize) -> &Handle {
        // SAFETY: only the drop of the value changes it; loom says so if it may run now.
        self.0.value().fixed.with(|fixed| unsafe { &(&*fixed)[index] })
    }

    /// How many of these there are.
    pub(crate) fn fixed_len(&self) -> usize {
        // SAFETY: as in `fixed`.
        self.0.value().fixed.with(|fixed| unsafe { (&*fixed).len() })
    }

    /// The handles in the object that change.
    pub(crate) fn locked(&self) -> MutexGuard<'static, Vec<Handle>> {
        self.0.lock().lock().unwrap()
    }

    /// A weak handle in the object that never changes.
    pub(crate) fn weak(&self, index: usize) -> &Weak {
        // SAFETY: as in `fixed`.
        self.0.value().weak.with(|weak| unsafe { &(&*weak)[index] })
    }

    /// The weak handles in the object that change.
    pub(crate) fn weak_locked(&self) -> MutexGuard<'static, Vec<Weak>> {
        self.0.weak_lock().lock().unwrap()
    }

    /// A weak handle to the object.
    pub(crate) fn downgrade(&self) -> Weak {
        self.0.value();
        weak::downgrade(self.0);
        Weak(self.0)
    }

    /// Takes the fixed handles out, if no other thread has the value; whether it was so.
    pub(crate) fn empty(&mut self) -> Option<Vec<Handle>> {
        self.0.value();
        exclude(self.0).then(|| {
            // SAFETY: nobody else uses the value; loom says so if not.
            let fixed = self.0.0.fixed.with_mut(|fixed| unsafe { core::mem::take(&mut *fixed) });
            self.0.word().include();
            fixed
        })
    }

    /// Takes the value out, if this is the only handle, and returns what it held.
    pub(crate) fn unwrap(self) -> Result<Vec<Handle>, Handle> {
        let at = self.0;
        at.value();
        match detach(at) {
            Detach::Done(detached) => {
                core::mem::forget(self);
                let fixed = at.take();
                detached.finish();
                Ok(fixed)
            }
            _ => Err(self),
        }
    }

    /// Drops the handle, and takes the value out if it was the last.
    pub(crate) fn into_inner(self) -> Option<Vec<Handle>> {
        let mut this = self;
        loop {
            this = match this.unwrap() {
                Ok(fixed) => return Some(fixed),
                Err(this) => this,
            };
            let at = this.0;
            match at.word().release_one_of_several() {
                None => continue,
                Some(Released::NewCandidate) => at.enter(),
                Some(_) => {}
            }
            core::mem::forget(this);
            return None;
        }
    }

    /// Makes the object a candidate.
    pub(crate) fn make_candidate(&self) {
        drop(self.another());
    }

    /// Where the object lives.
    pub(crate) fn world(&self) -> &'static World {
        self.0.value().world
    }

    /// Asserts that the value is there.
    pub(crate) fn check(&self) {
        self.0.value();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let slot = self.0.header();
        match slot.word.release() {
            Released::Kept => {}
            Released::NewCandidate => self.0.enter(),
            Released::Last(burial) => bury(self.0, burial),
        }
    }
}

impl Weak {
    /// A handle to the object, if its value is there.
    pub(crate) fn upgrade(&self) -> Option<Handle> {
        weak::upgrade(self.0).then(|| Handle(self.0))
    }

    /// Another weak handle to the same object.
    pub(crate) fn another(&self) -> Weak {
        self.0.header().weak_count.retain();
        Weak(self.0)
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            weak::release(self.0);
        }
    }
}

/// The guards of a confirmation.
pub(crate) struct Guards {
    world: &'static World,
    keeps: bool,
    /// Whether also those of locks behind which there is nothing.
    keeps_all: bool,
    guards: Vec<Kept>,
    deciding: Option<MutexGuard<'static, ()>>,
    reading: Option<MutexGuard<'static, ()>>,
    /// How many edges were reported.
    edges: usize,
}

impl Guards {
    fn new(world: &'static World) -> Guards {
        let keeps = false;
        let (deciding, reading) = (None, None);
        Guards { world, keeps, keeps_all: false, guards: Vec::new(), deciding, reading, edges: 0 }
    }
}

/// A guard, and the object that its lock lies in.
struct Kept {
    guard: Option<MutexGuard<'static, Vec<Handle>>>,
    at: At,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.at.lock();
        }
        self.guard = None;
    }
}

impl Tracing for Guards {
    const PART: usize = 1;
    const UNDIVIDED: usize = 1;
    const FAR: usize = 1;
    const SEVERAL: usize = 2;

    fn begin(&mut self) {
        self.reading = Some(self.world.reading.lock().unwrap());
    }

    fn pause(&mut self) {
        self.end();
        self.begin();
    }

    fn end(&mut self) {
        self.reading = None;
    }

    fn keep_guards(&mut self) {
        self.keeps = true;
    }

    fn drop_guards(&mut self) {
        self.guards.clear();
    }

    fn decide(&mut self) {
        self.deciding = Some(self.world.deciding.lock().unwrap());
    }

    fn decided(&mut self) {
        self.deciding = None;
    }
}

impl Object for At {
    fn word(&self) -> &Word {
        &self.header().word
    }

    fn weak_count(&self) -> &WeakCount {
        &self.header().weak_count
    }

    fn below(&self) -> &AtomicPtr<()> {
        &self.header().below
    }

    fn index(&self) -> u32 {
        self.header().index.load(core::sync::atomic::Ordering::Relaxed)
    }

    fn set_index(&self, index: u32) {
        self.header().index.store(index, core::sync::atomic::Ordering::Relaxed);
    }

    fn undecided<R>(&self, act: impl FnOnce() -> R) -> R {
        let _deciding = self.header().world.deciding.lock().unwrap();
        act()
    }

    fn unread<R>(&self, act: impl FnOnce() -> R) -> Option<R> {
        let _reading = self.header().world.reading.lock().unwrap();
        Some(act())
    }

    fn take_back(&self) -> bool {
        self.list().take_back(*self)
    }

    fn enter_again(self) {
        self.header().world.candidates[0].enter(self);
    }

    fn leave_to_all(self) {
        self.header().world.candidates[0].enter(self);
    }

    fn yield_now() {
        thread::yield_now();
    }

    fn address(self) -> NonNull<()> {
        NonNull::from(self.0).cast()
    }

    unsafe fn at(address: NonNull<()>) -> At {
        // SAFETY: as promised by the caller; slots stay until the end of the run.
        At(unsafe { address.cast().as_ref() })
    }

    unsafe fn drop_value(self) {
        if self.word().is_unfinalized() {
            self.run_finalizer();
        }
        drop(self.take());
    }

    unsafe fn finalize(self) {
        self.run_finalizer();
        drop(Handle(self));
    }

    unsafe fn free(self) {
        self.0.slot.with_mut(|slot| end(slot, "a slot is freed"));
    }
}

impl At {
    /// Looks at all that the value refers to, and saves some of it, once.
    fn run_finalizer(self) {
        let slot = self.value();
        slot.is_finalized.with_mut(|is_finalized| {
            // SAFETY: nobody else finalizes it; loom says so if not.
            let is_finalized = unsafe { &mut *is_finalized };
            assert!(!*is_finalized, "a value is finalized twice");
            *is_finalized = true;
        });
        slot.fixed.with(|fixed| {
            // SAFETY: only who has the value alone changes it; loom says so if not.
            let fixed = unsafe { &*fixed };
            fixed.iter().for_each(Handle::check);
            // No other thread runs while this lock, which is none of the model's, is held.
            let saved: Vec<Handle> = fixed.iter().map(Handle::another).collect();
            slot.world.saved.lock().unwrap().extend(saved);
        });
        self.lock().lock().unwrap().iter().for_each(Handle::check);
    }

    /// Takes the value out, and returns the fixed handles in it.
    fn take(self) -> Vec<Handle> {
        let slot = self.header();
        slot.value.with_mut(|value| end(value, "a value is dropped"));
        // SAFETY: nobody has a reference to the value; loom says so if not.
        let fixed = slot.fixed.with_mut(|fixed| unsafe { core::mem::take(&mut *fixed) });
        let locked = slot.locked.with_mut(|locked| {
            // SAFETY: as above.
            let locked = unsafe { &mut *locked };
            core::mem::take(locked.get_mut().unwrap())
        });
        drop(locked);
        // SAFETY: as above.
        let weak = slot.weak.with_mut(|weak| unsafe { core::mem::take(&mut *weak) });
        drop(weak);
        let weak = slot.weak_locked.with_mut(|weak| {
            // SAFETY: as above.
            let weak = unsafe { &mut *weak };
            core::mem::take(weak.get_mut().unwrap())
        });
        drop(weak);
        fixed
    }
}

impl Traced for At {
    type Tracing = Guards;

    unsafe fn trace(self, graph: &mut Graph<At>, guards: &mut Guards) -> bool {
        let slot = self.value();
        slot.fixed.with(|fixed| {
            // SAFETY: only the drop of the value changes it; loom says so if it may run now.
            for handle in unsafe { &*fixed } {
                graph.edge(handle.0, 0);
                guards.edges += 1;
            }
        });
        let Ok(guard) = self.lock().try_lock() else { return true };
        for handle in &*guard {
            graph.edge(handle.0, 0);
            guards.edges += 1;
        }
        if slot.is_fragile && slot.world.panics.load(Ordering::Relaxed) {
            return false;
        }
        if guards.keeps && (guards.keeps_all || !guard.is_empty()) {
            guards.guards.push(Kept { guard: Some(guard), at: self });
        }
        true
    }
}
