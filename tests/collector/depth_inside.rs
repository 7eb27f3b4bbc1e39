//! The depth of values inside one object: containers in containers, as deep as memory
//! lasts. The program never walks them by recursion, and tracing does not either.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::sync::{Mutex, RwLock};
use std::thread;

use gcycle::gc::Object;
use gcycle::inspect::HeapSnapshot;
use gcycle::{Gc, Trace, gc};

const DEPTH: usize = if cfg!(miri) { 60 } else { 100_000 };

/// What the innermost values hold.
#[derive(Default, Trace)]
struct Leaf(RefCell<Option<Gc<Leaf>>>);

/// One value in another, and handles here and there.
trait Nested: Trace + Default + 'static {
    /// Puts `inner` into a new value that holds `leaf`.
    fn around(inner: Self, leaf: Gc<Leaf>) -> Self;

    /// Takes out what is inside.
    fn into_inner(self) -> Option<Self>;
}

/// Implements [`Nested`] for `struct Name(Container, Gc<Leaf>)`.
macro_rules! nested {
    ($($name:ident: $container:ty = |$inner:ident| $wrap:expr, |$outer:ident| $unwrap:expr;)*) => {$(
        #[derive(Default, Trace)]
        struct $name {
            container: $container,
            leaf: Option<Gc<Leaf>>,
        }

        impl Nested for $name {
            fn around($inner: Self, leaf: Gc<Leaf>) -> Self {
                $name { container: $wrap, leaf: Some(leaf) }
            }

            fn into_inner(self) -> Option<Self> {
                let $outer = self.container;
                $unwrap
            }
        }
    )*};
}

nested! {
    Boxed: Option<Box<Boxed>> = |inner| Some(Box::new(inner)), |outer| outer.map(|inner| *inner);
    InVec: Vec<InVec> = |inner| vec![inner], |outer| outer.into_iter().next();
    InDeque: VecDeque<InDeque> = |inner| VecDeque::from([inner]), |outer| outer.into_iter().next();
    InList: LinkedList<InList> = |inner| LinkedList::from([inner]), |outer| outer.into_iter().next();
    InMap: BTreeMap<u8, InMap> = |inner| BTreeMap::from([(1, inner)]),
        |outer| outer.into_values().next();
    Hashed: HashMap<u8, Hashed> = |inner| HashMap::from([(1, inner)]),
        |outer| outer.into_values().next();
    InCell: RefCell<Option<Box<InCell>>> = |inner| RefCell::new(Some(Box::new(inner))),
        |outer| outer.into_inner().map(|inner| *inner);
    Locked: Mutex<Vec<Locked>> = |inner| Mutex::new(vec![inner]),
        |outer| outer.into_inner().unwrap().pop();
    Shared: RwLock<Option<Box<[Shared]>>> = |inner| RwLock::new(Some(Box::new([inner]))),
        |outer| outer.into_inner().unwrap().and_then(|inner| inner.into_vec().pop());
}

/// Builds a value of that depth, looks at it in every way, and takes it apart.
fn check<T: Nested>() {
    let run = || {
        // Collections are only those that are asked for.
        let pause = gc::pause();
        let leaf = Gc::new(Leaf::default());
        let mut value = T::default();
        for _ in 0..DEPTH {
            value = T::around(value, leaf.clone());
        }
        let leaves = DEPTH;
        let outer = Gc::new(RefCell::new(value));
        let more: Vec<Gc<RefCell<T>>> = (0..3).map(|_| Gc::new(RefCell::default())).collect();
        // They are candidates, looked at together with others before and behind them.
        drop((outer.clone(), more.clone(), leaf.clone()));
        assert_eq!(gc::collect(), 0);
        assert_eq!(Gc::strong_count(&leaf), leaves + 1);

        // Each handle was seen: without one more from outside the leaf is garbage.
        *leaf.0.borrow_mut() = Some(leaf.clone());
        let weak = Gc::downgrade(&leaf);
        drop(leaf);
        assert_eq!(gc::collect(), 0);
        let referents = gc::get_referents(&[Object::from(&outer)]);
        assert_eq!(referents.len(), leaves);
        drop(referents);
        assert_eq!(gc::get_referrers(&[Object::from(&weak.upgrade().unwrap())]).len(), 2);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.len(), 5);
        assert_eq!(snapshot.objects().map(|object| object.referents().len()).max(), Some(leaves));
        drop(snapshot);
        // What was locked or borrowed is not any more.
        let mut value = outer.take();
        while let Some(inner) = value.into_inner() {
            value = inner;
        }
        assert_eq!(gc::collect(), 1, "the leaf that holds itself");
        assert!(weak.upgrade().is_none());
        drop(pause);
    };
    // The only thread there is has 1 MiB.
    if cfg!(target_family = "wasm") {
        return run();
    }
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.expect("a thread").join().expect("the stack is large enough");
}

#[test]
fn boxes_in_boxes() {
    check::<Boxed>();
}

#[test]
fn sequences_in_sequences() {
    check::<InVec>();
    check::<InDeque>();
    check::<InList>();
}

#[test]
fn maps_in_maps() {
    check::<InMap>();
    check::<Hashed>();
}

#[test]
fn cells_and_locks_in_each_other() {
    check::<InCell>();
    check::<Locked>();
    check::<Shared>();
}

#[test]
fn what_lies_deep_inside_an_object_is_held_by_that_one() {
    #[derive(Default, Trace)]
    struct Owner {
        inside: RefCell<Boxed>,
        me: RefCell<Option<Gc<Owner>>>,
    }

    let run = || {
        let pause = gc::pause();
        let leaf = Gc::new(Leaf::default());
        *leaf.0.borrow_mut() = Some(leaf.clone());
        let weak = Gc::downgrade(&leaf);
        let mut value = Boxed::around(Boxed::default(), leaf);
        for _ in 0..DEPTH.min(1000) {
            value = Boxed { container: Some(Box::new(value)), leaf: None };
        }
        // One is alive; those before and behind it are garbage, and traced together with it.
        let mut owners: Vec<Gc<Owner>> = (0..9).map(|_| Gc::default()).collect();
        for owner in &owners {
            *owner.me.borrow_mut() = Some(owner.clone());
        }
        let alive = owners.swap_remove(4);
        *alive.inside.borrow_mut() = value;
        drop((owners, alive.clone()));
        assert_eq!(gc::collect(), 8);
        assert!(weak.upgrade().is_some(), "it is held by the one that is alive");
        drop(alive);
        assert_eq!(gc::collect(), 2);
        drop(pause);
    };
    if cfg!(target_family = "wasm") {
        return run();
    }
    thread::spawn(run).join().expect("nothing is freed too early");
}
