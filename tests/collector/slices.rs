//! Full collections in slices: with a budget, the program goes on while one runs.

#![cfg(not(gc_zeal))]
#![cfg(not(miri))]

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gcycle::gc::{self, Generation, Object, Phase, Progress};
use gcycle::weak::{self, WeakMap};
use gcycle::{Finalize, Gc, Trace, Tracer, Weak};

const BUDGET: usize = 200;
const MANY: usize = 20_000;

thread_local! {
    /// How many objects were traced since the program did something.
    static TRACED: Cell<usize> = const { Cell::new(0) };
    static MOST_TRACED: Cell<usize> = const { Cell::new(0) };
    static ALIVE: Cell<usize> = const { Cell::new(0) };
    static PANICS: Cell<bool> = const { Cell::new(false) };
    /// How many objects were dropped since the program did something.
    static DROPPED: Cell<usize> = const { Cell::new(0) };
    static MOST_DROPPED: Cell<usize> = const { Cell::new(0) };
    /// How many vertices of a [`LARGE`] tree were dropped, and whether the next one panics.
    static OF_LARGE: Cell<usize> = const { Cell::new(0) };
    static LARGE_PANICS: Cell<bool> = const { Cell::new(false) };
    /// Whether the next trace gives the collection up.
    static GIVES_UP: Cell<bool> = const { Cell::new(false) };
    /// The next one makes so many objects, or fewer if a full collection starts.
    static LARGE_MAKES: Cell<usize> = const { Cell::new(0) };
    static MADE: RefCell<Vec<Gc<Vertex>>> = const { RefCell::new(Vec::new()) };
    /// How many full collections started, and how many ended.
    static FULL: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// A vertex of a tree whose vertices hold their parents; it counts when it is traced.
struct Vertex {
    parent: RefCell<Option<Gc<Vertex>>>,
    children: RefCell<Vec<Gc<Vertex>>>,
    is_of_large: bool,
}

// SAFETY: each handle is reported once.
unsafe impl Trace for Vertex {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        TRACED.set(TRACED.get() + 1);
        MOST_TRACED.set(MOST_TRACED.get().max(TRACED.get()));
        assert!(!PANICS.get(), "this trace panics");
        if GIVES_UP.take() {
            gc::unfreeze();
        }
        self.parent.trace(tracer);
        self.children.trace(tracer);
    }
}

impl Drop for Vertex {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
        DROPPED.set(DROPPED.get() + 1);
        MOST_DROPPED.set(MOST_DROPPED.get().max(DROPPED.get()));
        OF_LARGE.set(OF_LARGE.get() + usize::from(self.is_of_large));
        assert!(!self.is_of_large || !LARGE_PANICS.take(), "this drop panics");
        if self.is_of_large && LARGE_MAKES.get() > 0 {
            let (most, (started, _)) = (LARGE_MAKES.take(), FULL.get());
            let made = (0..most).take_while(|_| FULL.get().0 == started).map(|_| vertex(None));
            let made: Vec<_> = made.collect();
            MADE.set(made);
        }
    }
}

fn vertex(parent: Option<&Gc<Vertex>>) -> Gc<Vertex> {
    vertex_of(false, parent)
}

fn vertex_of(is_of_large: bool, parent: Option<&Gc<Vertex>>) -> Gc<Vertex> {
    ALIVE.set(ALIVE.get() + 1);
    let vertex = Gc::new(Vertex {
        parent: RefCell::new(parent.cloned()),
        children: RefCell::default(),
        is_of_large,
    });
    TRACED.set(0);
    DROPPED.set(0);
    if let Some(parent) = parent {
        parent.children.borrow_mut().push(vertex.clone());
    }
    vertex
}

/// All vertices of a tree.
fn tree(count: usize) -> Vec<Gc<Vertex>> {
    tree_of(false, count)
}

fn tree_of(is_large: bool, count: usize) -> Vec<Gc<Vertex>> {
    let mut vertices = vec![vertex_of(is_large, None)];
    for index in 1..count {
        let parent = vertices[(index - 1) / 8].clone();
        vertices.push(vertex_of(is_large, Some(&parent)));
    }
    vertices
}

fn is_running() -> bool {
    let (started, ended) = FULL.get();
    started > ended
}

/// Makes a tree, of which all vertices are held, and a budget that is small for it.
fn start() -> Vec<Gc<Vertex>> {
    gc::add_callback(|phase, info| {
        if info.generation == Generation::Old {
            let (started, ended) = FULL.get();
            FULL.set(match phase {
                Phase::Start => (started + 1, ended),
                Phase::Stop => (started, ended + 1),
            });
        }
    });
    let tree = tree(MANY);
    gc::set_budget(BUDGET);
    gc::collect();
    MOST_TRACED.set(0);
    tree
}

/// Replaces leaves, each of which holds itself then, until `is_done`. Those that had become old
/// are garbage that only a full collection finds.
fn replace_leaves(tree: &mut [Gc<Vertex>], mut is_done: impl FnMut() -> bool) {
    let leaves = MANY / 8 + 1..MANY;
    for step in 0.. {
        let place = leaves.start + (step * 7919) % leaves.len();
        let parent = tree[(place - 1) / 8].clone();
        parent.children.borrow_mut().retain(|child| !Gc::ptr_eq(child, &tree[place]));
        let replaced = std::mem::replace(&mut tree[place], vertex(Some(&parent)));
        let this = replaced.clone();
        replaced.children.borrow_mut().push(this);
        if is_done() {
            break;
        }
        assert!(step < 100 * MANY, "it does not end");
    }
}

/// Goes on until a full collection runs in slices.
fn until_one_runs(tree: &mut [Gc<Vertex>]) {
    replace_leaves(tree, is_running);
}

/// Goes on until no full collection runs.
fn until_it_ended(tree: &mut [Gc<Vertex>]) {
    replace_leaves(tree, || !is_running());
}

#[test]
fn no_pause_examines_many_more_objects_than_the_budget_allows() {
    let mut tree = start();
    let before = gc::get_stats()[2].collections;
    replace_leaves(&mut tree, || gc::get_stats()[2].collections >= before + 3);
    let most = MOST_TRACED.get();
    // What is suspected is traced again in one go.
    assert!(most < 4 * BUDGET, "{most} objects traced in one go");
}

#[test]
fn a_cycle_that_was_dropped_before_a_collection_began_is_gone_when_it_ends() {
    let mut tree = start();
    let dropped: Vec<Weak<Vertex>> = (0..50)
        .map(|_| {
            let ring = vertex(None);
            *ring.parent.borrow_mut() = Some(ring.clone());
            Gc::downgrade(&ring)
        })
        .collect();
    until_one_runs(&mut tree);
    let left = || dropped.iter().filter(|ring| ring.upgrade().is_some()).count();
    let when_it_began = left();
    until_it_ended(&mut tree);
    assert_eq!(left(), 0, "{when_it_began} were there when it began");
}

#[test]
fn a_collection_that_is_requested_meanwhile_finds_everything() {
    let mut tree = start();
    until_one_runs(&mut tree);
    drop(tree);
    let collected = gc::collect();
    assert!(!is_running(), "the collection in slices was given up");
    assert!(collected >= MANY, "{collected} objects collected");
    assert_eq!(ALIVE.get(), 0);
    assert_eq!(gc::collect(), 0);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn whatever_gives_a_collection_up_loses_no_garbage() {
    let give_up: [fn(); 4] = [
        || {
            gc::trim();
        },
        || {
            gc::freeze();
            gc::unfreeze();
        },
        || gc::set_threshold(700, 10, 10),
        || {
            gc::collect_generation(Generation::Old);
        },
    ];
    for give_up in give_up {
        thread::spawn(move || {
            let mut tree = start();
            for _ in 0..50 {
                let ring = vertex(None);
                *ring.parent.borrow_mut() = Some(ring.clone());
            }
            until_one_runs(&mut tree);
            give_up();
            assert!(!is_running());
            gc::collect();
            let replaced = tree.len();
            assert_eq!(ALIVE.get(), replaced);
            drop(tree);
            gc::collect();
            assert_eq!(ALIVE.get(), 0);
        })
        .join()
        .expect("the test passes");
    }
}

/// How many vertices are left by a thread that ends after `run`.
fn left_by(run: impl FnOnce() + Send + 'static) -> usize {
    /// Says what is left, after the heap.
    struct Tell(Sender<usize>);
    impl Drop for Tell {
        fn drop(&mut self) {
            let _ = self.0.send(ALIVE.get());
        }
    }
    thread_local!(static TELL: RefCell<Option<Tell>> = const { RefCell::new(None) });

    let (sender, left) = channel();
    let thread = thread::spawn(move || {
        TELL.set(Some(Tell(sender)));
        run();
    });
    thread.join().expect("the thread ends");
    left.recv().expect("it says what is left")
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_thread_that_ends_meanwhile_frees_everything() {
    let left = left_by(|| {
        let mut tree = start();
        until_one_runs(&mut tree);
    });
    assert_eq!(left, 0);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_slice_reaches_the_program_and_loses_no_garbage() {
    let mut tree = start();
    until_one_runs(&mut tree);
    PANICS.set(true);
    let result = catch_unwind(AssertUnwindSafe(|| until_it_ended(&mut tree)));
    PANICS.set(false);
    assert!(result.is_err());
    assert!(!is_running(), "it was given up");
    gc::collect();
    drop(tree);
    gc::collect();
    assert_eq!(ALIVE.get(), 0);
}

#[derive(Trace)]
#[trace(finalize)]
struct Phoenix {
    this: RefCell<Option<Gc<Phoenix>>>,
    #[trace(skip)]
    finalized: Rc<Cell<usize>>,
    #[trace(skip)]
    returns: Rc<RefCell<Vec<Gc<Phoenix>>>>,
    is_saved: bool,
}

impl Finalize for Phoenix {
    fn finalize(&self) {
        self.finalized.set(self.finalized.get() + 1);
        if self.is_saved {
            let this = self.this.borrow().clone();
            self.returns.borrow_mut().extend(this);
        }
    }
}

#[test]
fn finalizers_and_weak_callbacks_run_once_and_the_resurrected_live() {
    let mut tree = start();
    let (finalized, called) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let returns = Rc::new(RefCell::new(Vec::new()));
    let mut finalizers = Vec::new();
    for is_saved in [false, true] {
        let phoenix = Gc::new(Phoenix {
            this: RefCell::default(),
            finalized: finalized.clone(),
            returns: returns.clone(),
            is_saved,
        });
        *phoenix.this.borrow_mut() = Some(phoenix.clone());
        let called = called.clone();
        finalizers.push(weak::finalize(&phoenix, move || called.set(called.get() + 1)));
    }
    until_one_runs(&mut tree);
    until_it_ended(&mut tree);
    assert_eq!(finalized.get(), 2);
    assert_eq!(called.get(), 2);
    assert_eq!(returns.borrow().len(), 1);
    let back = returns.borrow_mut().pop().expect("it was saved");
    assert!(gc::is_finalized(&back));
    assert!(Gc::ptr_eq(back.this.borrow().as_ref().expect("it holds itself"), &back));
}

/// Has pages of its own.
#[derive(Trace)]
struct Large {
    this: RefCell<Option<Gc<Large>>>,
    bytes: [u8; 100_000],
}

#[expect(clippy::large_stack_arrays, reason = "the objects are to be large")]
#[test]
fn large_objects_that_die_meanwhile_give_their_memory_back() {
    let mut tree = start();
    let large: Vec<Gc<Large>> = (0..100)
        .map(|_| Gc::new(Large { this: RefCell::default(), bytes: [1; 100_000] }))
        .collect();
    for large in &large {
        *large.this.borrow_mut() = Some(large.clone());
    }
    let dying = large.iter().step_by(2).cloned().collect::<Vec<_>>();
    for large in &dying {
        large.this.borrow_mut().take();
    }
    drop(large);
    until_one_runs(&mut tree);
    for _ in 0..10 {
        replace_leaves(&mut tree, || true);
    }
    assert!(dying.iter().all(|large| large.bytes[99_999] == 1));
    drop(dying);
    until_it_ended(&mut tree);
    gc::trim();
    let reserved = gc::memory().reserved_bytes;
    // The nodes of the tree are larger then.
    let most = if cfg!(feature = "sites") { 8 << 20 } else { 6 << 20 };
    assert!(reserved < most, "{reserved} bytes");
}

#[test]
fn garbage_stays_within_bounds_beside_steady_work() {
    let mut tree = start();
    let before = gc::get_stats()[2].collections;
    let mut most = 0;
    replace_leaves(&mut tree, || {
        most = most.max(ALIVE.get());
        gc::get_stats()[2].collections >= before + 10
    });
    assert!(most < 3 * MANY, "{most} objects at once, {MANY} of which are alive");
}

#[test]
fn objects_that_are_examined_are_old_to_whoever_asks() {
    let mut tree = start();
    let inner = tree[1].clone();
    until_one_runs(&mut tree);
    let owners = gc::get_referrers(&[Object::from(&inner)]).len();
    assert_eq!(owners, 9, "its parent and its children");
    let old = gc::get_objects(Some(Generation::Old)).len();
    assert!(old >= MANY, "{old} old objects");
    assert_eq!(gc::get_freeze_count(), 0);
}

#[test]
fn steps_collect_while_automatic_collection_is_off_and_say_when_nothing_is_left() {
    let mut tree = start();
    gc::set_budget(gc::Budget::default());
    gc::disable();
    let collections = || gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>();
    let (before, mut steps) = (collections(), 0);
    replace_leaves(&mut tree, || ALIVE.get() > 2 * MANY);
    assert_eq!(collections(), before, "it is off");
    MOST_TRACED.set(0);
    TRACED.set(0);
    while gc::step(BUDGET) == Progress::More || ALIVE.get() > MANY + MANY / 2 {
        TRACED.set(0);
        steps += 1;
        replace_leaves(&mut tree, || true);
        assert!(steps < 100_000, "{} objects are left", ALIVE.get());
    }
    let most = MOST_TRACED.get();
    assert!(most < 4 * BUDGET, "{most} objects traced in one go");
    assert_eq!(gc::step(BUDGET), Progress::Done);
}

#[test]
fn garbage_is_found_whatever_was_made_since_the_collection_began() {
    let mut tree = start();
    gc::disable();
    // Candidates on many pages, which are listed slice by slice.
    let nodes: Vec<Gc<Vertex>> = (0..MANY).map(|_| vertex(None)).collect();
    for node in &nodes {
        drop(node.clone());
    }
    while gc::step(100) == Progress::Done {
        tree[1] = vertex(None);
    }
    // Each becomes garbage together with a new one, and is a candidate already.
    for node in nodes {
        let new = vertex(None);
        new.children.borrow_mut().push(node.clone());
        *node.parent.borrow_mut() = Some(new);
    }
    while gc::step(1000) == Progress::More {}
    gc::collect();
    let alive = ALIVE.get();
    drop(tree);
    gc::collect();
    assert_eq!(ALIVE.get(), 0, "{alive} before");
}

#[test]
fn pages_that_have_to_stay_are_in_the_way_of_no_others() {
    let mut tree = start();
    let held: Vec<_> = (0..MANY as u64).map(|number| Gc::new([number; 8])).collect();
    until_one_runs(&mut tree);
    gc::disable();
    drop(held);
    let mut reserved = Vec::new();
    for _ in 0..20 {
        let small: Vec<_> = (0..3 * MANY as u64).map(|number| Gc::new([number; 8])).collect();
        drop(small);
        let large: Vec<_> = (0..MANY as u64 / 3).map(|number| Gc::new([number; 40])).collect();
        drop(large);
        reserved.push(gc::memory().reserved_bytes);
    }
    assert!(is_running());
    assert_eq!(reserved[2], reserved[19], "{reserved:?}");
}

#[test]
fn what_objects_own_hurries_a_collection_along() {
    struct Owner {
        _pressure: gc::Pressure,
        alive: Rc<Cell<usize>>,
    }
    impl Drop for Owner {
        fn drop(&mut self) {
            self.alive.set(self.alive.get() - 1);
        }
    }
    #[derive(Trace)]
    struct Picture {
        this: RefCell<Option<Gc<Picture>>>,
        #[trace(skip)]
        _owner: Owner,
    }

    const BYTES: usize = 1 << 20;
    let mut tree = start();
    let most = Rc::new(Cell::new(0));
    let alive = Rc::new(Cell::new(0));
    until_one_runs(&mut tree);
    let mut shown = std::collections::VecDeque::new();
    for _ in 0..2000 {
        alive.set(alive.get() + 1);
        let owner = Owner { _pressure: gc::add_pressure(BYTES), alive: alive.clone() };
        let picture = Gc::new(Picture { this: RefCell::default(), _owner: owner });
        *picture.this.borrow_mut() = Some(picture.clone());
        shown.push_back(picture);
        if shown.len() > 50 {
            shown.pop_front();
        }
        most.set(most.get().max(alive.get()));
    }
    assert!(most.get() < 200, "{} at once, of which 50 are shown", most.get());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_callback_that_gives_a_collection_up_is_not_called_inside_itself() {
    let give_up: [fn(); 3] = [
        || {
            gc::trim();
        },
        gc::freeze,
        || gc::set_threshold(700, 10, 10),
    ];
    for give_up in give_up {
        thread::spawn(move || {
            let mut tree = start();
            until_one_runs(&mut tree);
            let calls = Rc::new(Cell::new(0));
            let counted = calls.clone();
            gc::add_callback(move |phase, info| {
                if info.generation == Generation::Young && phase == Phase::Stop {
                    give_up();
                    counted.set(counted.get() + 1);
                }
            });
            gc::collect_generation(Generation::Young);
            assert_eq!(calls.get(), 1, "it did not panic");
            assert!(!is_running(), "the other callback is told");
        })
        .join()
        .expect("the test passes");
    }
}

#[expect(clippy::large_stack_arrays, reason = "the objects are to be large")]
#[test]
fn large_candidates_that_die_while_they_are_listed_give_their_memory_back() {
    let tree = start();
    gc::disable();
    let large: Vec<Gc<Large>> = (0..200)
        .map(|_| Gc::new(Large { this: RefCell::default(), bytes: [1; 100_000] }))
        .collect();
    for large in &large {
        drop(large.clone());
    }
    for vertex in &tree {
        drop(vertex.clone());
    }
    while gc::step(20) == Progress::Done {
        drop(vertex(None));
    }
    for _ in 0..20 {
        gc::step(20);
    }
    assert!(large.iter().all(|large| large.bytes[99_999] == 1));
    drop(large);
    while gc::step(1000) == Progress::More {}
    let reserved = gc::memory().reserved_bytes;
    assert!(reserved < 10 << 20, "{reserved} bytes");
}

#[test]
fn a_weak_map_that_is_made_meanwhile_hides_no_garbage() {
    let mut tree = start();
    gc::disable();
    let keys: Vec<Gc<Vertex>> = (0..MANY).map(|_| vertex(None)).collect();
    for key in &keys {
        drop(key.clone());
    }
    while gc::step(100) == Progress::Done {
        tree[1] = vertex(None);
    }
    // Each is a candidate, and is held by what the map holds for it.
    let map = WeakMap::new();
    for key in keys {
        map.insert(&key, key.clone());
    }
    while gc::step(1000) == Progress::More {}
    gc::collect();
    assert!(map.is_empty(), "{} entries are left", map.len());
    drop(tree);
    gc::collect();
    assert_eq!(ALIVE.get(), 0);
}

#[test]
fn a_large_heap_is_collected_in_slices_if_the_program_sets_nothing() {
    let mut tree = start();
    gc::set_budget(gc::Budget::default());
    assert_eq!(gc::get_budget(), gc::Budget::Time(std::time::Duration::from_millis(1)));
    tree.extend((0..2 * MANY).map(|_| vertex(None)));
    gc::collect();
    let ended = FULL.get().1;
    replace_leaves(&mut tree[..MANY], || FULL.get().1 >= ended + 3);
    let [_, _, old] = gc::get_stats();
    assert!(old.slices > old.collections + 10, "{old:?}");
    assert!(old.suspected >= old.refuted, "{old:?}");
}

#[test]
fn objects_that_are_permanent_no_more_while_candidates_are_listed_are_found() {
    gc::disable();
    // A ring without handles from outside.
    let ring = vertex(None);
    ring.children.borrow_mut().push(ring.clone());
    gc::freeze();
    drop(ring);
    let live: Vec<_> = (0..2 * MANY).map(|_| vertex(None)).collect();
    for vertex in &live {
        drop(vertex.clone());
    }
    assert_eq!(gc::step(20), Progress::More);
    gc::unfreeze();
    while gc::step(20_000) == Progress::More {}
    gc::collect();
    assert_eq!(ALIVE.get(), live.len());
}

/// So many vertices that are garbage and refer to each other.
const LARGE: usize = 10_000;

/// Makes a heap in whose full collection, which runs, some of [`LARGE`] dead vertices were dropped,
/// and others were not. Returns the live ones, and weak handles to the dead.
fn with_dead_that_wait() -> (Vec<Gc<Vertex>>, Vec<Weak<Vertex>>) {
    let mut live = start();
    let large = tree_of(true, LARGE);
    gc::collect();
    let weak: Vec<_> = large.iter().map(Gc::downgrade).collect();
    drop(large);
    replace_leaves(&mut live, || OF_LARGE.get() > 0);
    assert!(is_running() && OF_LARGE.get() < LARGE, "{} were dropped", OF_LARGE.get());
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()), "all are dead");
    (live, weak)
}

#[test]
fn a_large_group_of_garbage_is_dropped_in_slices() {
    let (mut live, weak) = with_dead_that_wait();
    // The slots stay for what looks at them, or not.
    drop(weak);
    until_it_ended(&mut live);
    assert_eq!(OF_LARGE.get(), LARGE);
    let most = MOST_DROPPED.get();
    assert!(most < 10 * BUDGET, "{most} objects dropped in one go");
    drop(live);
    gc::collect();
    assert_eq!(ALIVE.get(), 0);
}

#[test]
#[cfg_attr(any(target_family = "wasm", panic = "abort"), ignore = "a thread catches a panic")]
fn whatever_gives_a_collection_up_drops_the_dead_first_and_a_panic_of_theirs_goes_on() {
    fn trim() {
        gc::trim();
    }
    fn set_threshold() {
        gc::set_threshold(700, 10, 10);
    }
    fn collect() {
        gc::collect();
    }
    let ways: [(fn(), bool); 5] = [
        (gc::freeze, true),
        (gc::unfreeze, false),
        (trim, false),
        (set_threshold, false),
        (collect, false),
    ];
    for (way, freezes) in ways {
        let test = move || {
            let (live, weak) = with_dead_that_wait();
            LARGE_PANICS.set(true);
            catch_unwind(AssertUnwindSafe(way)).expect_err("the panic goes on");
            assert!(!is_running());
            assert_eq!(OF_LARGE.get(), LARGE, "the others were dropped, too");
            assert_eq!(gc::get_freeze_count() > 0, freezes, "it was done all the same");
            gc::unfreeze();
            drop((live, weak));
            gc::collect();
            assert_eq!(ALIVE.get(), 0);
        };
        thread::spawn(test).join().expect("the test passes");
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_thread_that_ends_while_the_dead_wait_drops_each_of_them_once() {
    assert_eq!(left_by(|| drop(with_dead_that_wait())), 0);
}

/// The hook of a panic in `trace` could do so, too.
#[test]
fn while_a_tool_looks_at_the_heap_nothing_that_is_dead_is_dropped() {
    let (mut live, weak) = with_dead_that_wait();
    let before = OF_LARGE.get();
    GIVES_UP.set(true);
    let owners = gc::get_referrers(&[Object::from(&live[0])]).len();
    assert_eq!(owners, 8, "the children of the top");
    assert!(!GIVES_UP.get() && is_running());
    assert_eq!(OF_LARGE.get(), before);
    until_it_ended(&mut live);
    assert_eq!(OF_LARGE.get(), LARGE);
    drop((live, weak));
    gc::collect();
    assert_eq!(ALIVE.get(), 0);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn what_the_dead_make_begins_no_collection_before_objects_are_permanent_or_no_more() {
    for way in [gc::freeze, gc::unfreeze] {
        let test = move || {
            let permanent: Vec<_> = (0..1000).map(|_| vertex(None)).collect();
            for vertex in &permanent {
                vertex.children.borrow_mut().push(vertex.clone());
            }
            gc::freeze();
            let (live, weak) = with_dead_that_wait();
            // Garbage, of which all candidates are permanent.
            drop(permanent);
            LARGE_MAKES.set(2 * MANY);
            way();
            assert_eq!(LARGE_MAKES.get(), 0, "a drop made objects");
            assert!(!is_running(), "no collection runs that does not know of it");
            gc::unfreeze();
            drop((live, weak));
            MADE.take();
            gc::collect();
            assert_eq!(ALIVE.get(), 0);
        };
        thread::spawn(test).join().expect("the test passes");
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_program_that_gives_every_collection_up_is_freed_of_its_garbage() {
    fn trim() {
        gc::trim();
    }
    for way in [gc::unfreeze, trim] {
        let test = move || {
            let mut live = start();
            let mut steps = 0;
            let mut most = 0;
            replace_leaves(&mut live, || {
                steps += 1;
                most = most.max(ALIVE.get());
                if steps % 100 == 0 {
                    way();
                }
                steps == 10 * MANY
            });
            assert!(most < 4 * MANY, "{most} were alive");
        };
        thread::spawn(test).join().expect("the test passes");
    }
}
