//! Values with a finalizer inside of an object: with it they are finalized, wherever they lie,
//! from the outside in, and each once.

use std::borrow::Cow;
use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::mem::ManuallyDrop;
use std::ops::{Bound, ControlFlow};
use std::rc::Rc;
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};
use std::task::Poll;

use gcycle::weak::WeakMap;
use gcycle::{Closure, Finalize, Gc, Trace, Tracer, Untraced, gc, unsize};

std::thread_local! {
    /// The finalizers that ran, in order.
    static RAN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

const NONE: [u32; 0] = [];

fn ran() -> Vec<u32> {
    RAN.take()
}

/// Says that it is finalized. It needs no drop and has no fields that are traced.
#[derive(Clone, Copy, Debug, Default, Trace, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[trace(finalize)]
struct Says(u32);

impl Finalize for Says {
    fn finalize(&self) {
        RAN.with_borrow_mut(|ran| ran.push(self.0));
    }
}

/// A value in an object that can be part of a cycle.
#[derive(Trace)]
struct Around<T> {
    own: RefCell<Option<Gc<Around<T>>>>,
    value: T,
}

fn around<T: Trace + 'static>(value: T) -> Gc<Around<T>> {
    Gc::new(Around { own: RefCell::default(), value })
}

/// What is finalized with an object that is `make()`, and with one that owns it and is part of
/// a cycle.
#[track_caller]
fn finalized<T: Trace + 'static>(make: impl Fn() -> T) -> Vec<u32> {
    drop(Gc::new(make()));
    let alone = ran();
    drop(around(make()));
    assert_eq!(ran(), alone, "in a field");
    let cycle = around(make());
    cycle.own.replace(Some(cycle.clone()));
    assert!(!gc::is_finalized(&cycle));
    drop(cycle);
    assert_eq!(ran(), NONE, "not before the collection");
    assert_eq!(gc::collect(), 1);
    assert_eq!(ran(), alone, "in a cycle");
    let boxed: Box<dyn Trace> = Box::new(make());
    drop(Gc::from_box(boxed));
    assert_eq!(ran(), alone, "from a box");
    let boxed: Box<dyn Trace> = Box::new(make());
    drop(Gc::new(Some(boxed)));
    assert_eq!(ran(), alone, "in a box");
    drop(unsize!(Gc::new(make()) => dyn Trace));
    assert_eq!(ran(), alone, "as a trait object");
    drop(Gc::<[T]>::from(vec![make()]));
    assert_eq!(ran(), alone, "in a slice");
    alone
}

#[test]
fn values_in_choices_are_finalized() {
    assert_eq!(finalized(|| Some(Says(1))), [1]);
    assert_eq!(finalized(|| None::<Says>), NONE);
    assert_eq!(finalized(|| Ok::<Says, Says>(Says(1))), [1]);
    assert_eq!(finalized(|| Err::<(), Says>(Says(1))), [1]);
    assert_eq!(finalized(|| Poll::Ready(Says(1))), [1]);
    assert_eq!(finalized(|| ControlFlow::<Says, ()>::Break(Says(1))), [1]);
    assert_eq!(finalized(|| Bound::Excluded(Says(1))), [1]);
}

#[test]
fn values_in_tuples_arrays_and_ranges_are_finalized() {
    assert_eq!(finalized(|| (Says(1), 7, Says(2))), [1, 2]);
    assert_eq!(finalized(|| [Says(1), Says(2)]), [1, 2]);
    assert_eq!(finalized(|| Says(1)..Says(2)), [1, 2]);
    assert_eq!(finalized(|| [[Says(1)], [Says(2)]].into_iter()), [1, 2]);
}

#[test]
fn values_in_collections_are_finalized() {
    let says = || [Says(1), Says(2)];
    assert_eq!(finalized(|| Vec::from(says())), [1, 2]);
    assert_eq!(finalized(|| VecDeque::from(says())), [1, 2]);
    assert_eq!(finalized(|| LinkedList::from(says())), [1, 2]);
    assert_eq!(finalized(|| BinaryHeap::from([Says(1)])), [1]);
    assert_eq!(finalized(|| BTreeSet::from(says())), [1, 2]);
    assert_eq!(finalized(|| HashSet::from([Says(1)])), [1]);
    assert_eq!(finalized(|| BTreeMap::from([(Says(1), Says(2))])), [1, 2]);
    assert_eq!(finalized(|| HashMap::from([(Says(1), 7)])), [1]);
    assert_eq!(finalized(|| HashMap::from([(7, vec![Says(1)])])), [1]);
    assert_eq!(finalized(|| Vec::from(says()).into_iter()), [1, 2]);
}

#[test]
fn values_behind_pointers_that_own_them_are_finalized() {
    assert_eq!(finalized(|| Box::new(Says(1))), [1]);
    assert_eq!(finalized(|| Box::pin(Says(1))), [1]);
    assert_eq!(finalized(|| Vec::from([Says(1), Says(2)]).into_boxed_slice()), [1, 2]);
    assert_eq!(finalized(|| Cow::<[Says]>::Owned(vec![Says(1)])), [1]);
    assert_eq!(finalized(|| Closure::new(Says(1), |_: &Says| ())), [1]);
}

#[test]
fn values_in_cells_and_locks_that_can_be_looked_at_are_finalized() {
    assert_eq!(finalized(|| RefCell::new(Some(Says(1)))), [1]);
    assert_eq!(finalized(|| OnceCell::from(Says(1))), [1]);
    assert_eq!(finalized(|| Mutex::new(vec![Says(1)])), [1]);
    assert_eq!(finalized(|| RwLock::new(Says(1))), [1]);
    assert_eq!(finalized(|| OnceLock::from(Says(1))), [1]);
    let lazy = || {
        let lazy = LazyCell::new(|| Says(1));
        assert_eq!(lazy.0, 1);
        lazy
    };
    assert_eq!(finalized(lazy), [1]);
    let lazy = || {
        let lazy = LazyLock::new(|| Says(1));
        assert_eq!(lazy.0, 1);
        lazy
    };
    assert_eq!(finalized(lazy), [1]);
    assert_eq!(finalized(LazyCell::<Says>::default), NONE, "it has no value yet");
}

/// Never gives a guard back.
fn forget<G>(guard: G) {
    let _guard = ManuallyDrop::new(guard);
}

#[test]
fn values_in_places_that_cannot_be_looked_at_are_not_finalized() {
    assert_eq!(finalized(|| Cell::new(Says(1))), NONE);
    assert_eq!(finalized(|| ManuallyDrop::new(Says(1))), NONE);
    assert_eq!(finalized(|| Untraced(Says(1))), NONE);
    let object = Gc::new(RefCell::new(Says(1)));
    forget(object.borrow_mut());
    drop(object);
    assert_eq!(ran(), NONE, "it is borrowed");
    let object = Gc::new(Mutex::new(Says(1)));
    forget(object.lock().unwrap());
    drop(object);
    assert_eq!(ran(), NONE, "it is locked");
    let object = Gc::new(RefCell::new(Says(1)));
    forget(object.borrow());
    drop(object);
    assert_eq!(ran(), [1], "others may look, too");
}

#[derive(Trace)]
#[trace(finalize)]
struct Outer {
    number: u32,
    first: Says,
    inner: Option<Box<Outer>>,
    last: [Says; 1],
}

impl Finalize for Outer {
    fn finalize(&self) {
        Says(self.number).finalize();
    }
}

fn outer(number: u32, inner: Option<Box<Outer>>) -> Outer {
    Outer { number, first: Says(number + 1), inner, last: [Says(number + 2)] }
}

#[test]
fn finalizers_run_from_the_outside_in_and_in_the_order_of_the_fields() {
    let nested = || outer(10, Some(Box::new(outer(20, Some(Box::new(outer(30, None)))))));
    assert_eq!(finalized(nested), [10, 11, 20, 21, 30, 31, 32, 22, 12]);
}

#[derive(Trace)]
enum Tree {
    Leaf(Says),
    Fork { left: Box<Tree>, says: Option<Says>, right: Box<Self> },
    Many(Vec<Tree>),
    Nothing,
}

#[test]
fn values_in_variants_of_recursive_types_are_finalized() {
    let leaf = |number| Box::new(Tree::Leaf(Says(number)));
    assert_eq!(finalized(|| Tree::Nothing), NONE);
    assert_eq!(finalized(|| *leaf(1)), [1]);
    let fork = || Tree::Fork { left: leaf(1), says: Some(Says(2)), right: leaf(3) };
    assert_eq!(finalized(fork), [1, 2, 3]);
    assert_eq!(finalized(|| Tree::Many(vec![fork(), Tree::Nothing, fork()])), [1, 2, 3, 1, 2, 3]);
}

/// Two types that own each other.
#[derive(Trace)]
struct Statement {
    expressions: Vec<Expression>,
}

#[derive(Trace)]
enum Expression {
    Block(Box<Statement>),
    Deep(Level1),
}

/// More levels than a type asks for.
macro_rules! levels {
    ($name:ident in $($rest:tt)*) => {
        #[derive(Trace)]
        struct $name(Vec<levels!(@first $($rest)*)>);
        levels! { $($rest)* }
    };
    ($name:ident) => {
        #[derive(Trace)]
        struct $name(Says);
    };
    (@first $name:ident $($rest:tt)*) => { $name };
}

levels! {
    Level1 in Level2 in Level3 in Level4 in Level5 in Level6 in Level7 in Level8 in Level9
    in Level10 in Level11
}

#[test]
fn values_however_deep_in_types_are_finalized() {
    let eleven = Level11(Says(1));
    let seven = Level7(vec![Level8(vec![Level9(vec![Level10(vec![eleven])])])]);
    let one =
        Level1(vec![Level2(vec![Level3(vec![Level4(vec![Level5(vec![Level6(vec![seven])])])])])]);
    let inner = Statement { expressions: vec![Expression::Deep(one)] };
    let block = Expression::Block(Box::new(inner));
    drop(Gc::new(Statement { expressions: vec![block] }));
    assert_eq!(ran(), [1]);
}

type Alias = Option<Box<Says>>;

#[derive(Trace)]
struct Hidden<T: Trace> {
    alias: Alias,
    generic: T,
    boxed: Box<dyn Trace>,
    tail: Wrapper<[T]>,
}

#[derive(Trace)]
struct Wrapper<T: ?Sized>(Box<T>);

#[test]
fn values_behind_aliases_parameters_and_trait_objects_are_finalized() {
    let hidden = || Hidden {
        alias: Some(Box::new(Says(1))),
        generic: Says(2),
        boxed: Box::new(Says(3)),
        tail: Wrapper(Box::new([Says(4)])),
    };
    assert_eq!(finalized(hidden), [1, 2, 3, 4]);
}

#[derive(Trace)]
struct Unsized<T: ?Sized> {
    head: u8,
    tail: T,
}

#[test]
fn values_in_types_without_a_size_are_finalized() {
    let boxed: Box<Unsized<[Says]>> = Box::new(Unsized { head: 0, tail: [Says(1), Says(2)] });
    drop(Gc::from_box(boxed));
    assert_eq!(ran(), [1, 2]);
    let boxed: Box<Unsized<dyn Trace>> = Box::new(Unsized { head: 0, tail: Says(3) });
    drop(Gc::from_box(boxed));
    assert_eq!(ran(), [3]);
    drop(Gc::<[Says]>::from([Says(4), Says(5)]));
    assert_eq!(ran(), [4, 5]);
    drop(Gc::from_box(vec![Says(6)].into_boxed_slice()));
    assert_eq!(ran(), [6]);
}

#[derive(Trace)]
struct LeftOut {
    #[trace(skip)]
    skipped: Says,
    #[trace(acyclic)]
    acyclic: Box<Plain>,
    shared: Rc<Plain>,
    other: Gc<Says>,
}

#[derive(Trace)]
#[trace(acyclic, finalize)]
struct Plain(u8);

impl Finalize for Plain {
    fn finalize(&self) {
        Says(100).finalize();
    }
}

#[test]
fn fields_that_are_not_traced_are_not_finalized_nor_is_what_a_handle_leads_to() {
    let other = Gc::new(Says(2));
    let left_out = LeftOut {
        skipped: Says(1),
        acyclic: Box::new(Plain(0)),
        shared: Rc::new(Plain(0)),
        other: other.clone(),
    };
    drop(Gc::new(left_out));
    assert_eq!(ran(), NONE);
    drop(other);
    assert_eq!(ran(), [2], "it is an object of its own");
}

#[test]
fn values_that_were_moved_out_or_overwritten_are_not_finalized() {
    let object = Gc::new(RefCell::new(Some(Says(1))));
    let taken = object.take();
    drop(object);
    assert_eq!(ran(), NONE);
    let object = Gc::new(RefCell::new(taken));
    object.replace(Some(Says(2)));
    drop(object);
    assert_eq!(ran(), [2]);
    assert_eq!(Gc::try_unwrap(Gc::new(Some(Says(3)))), Ok(Some(Says(3))));
    assert_eq!(ran(), NONE);
}

#[test]
fn what_is_in_an_object_when_it_dies_is_finalized_however_it_was_made() {
    let object: Gc<RefCell<Vec<Says>>> = Gc::default();
    object.borrow_mut().push(Says(1));
    drop(object);
    assert_eq!(ran(), [1]);
    let boxed: Box<dyn Trace> = Box::new(RefCell::new(Vec::<Says>::new()));
    drop(Gc::from_box(boxed));
    let mut unique = Gc::new((Says(2), Says(3)));
    Gc::make_mut(&mut unique).0 = Says(4);
    drop(unique);
    assert_eq!(ran(), [4, 3]);
    let map = WeakMap::new();
    let key = Gc::new(0);
    map.insert(&key, vec![Says(5)]);
    drop(key);
    assert_eq!(ran(), [5]);
}

#[test]
fn an_object_whose_contents_were_finalized_says_so() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Saves {
        number: u32,
        me: RefCell<gcycle::Weak<Vec<Saves>>>,
    }

    std::thread_local! {
        static SAVED: RefCell<Option<Gc<Vec<Saves>>>> = const { RefCell::new(None) };
    }

    impl Finalize for Saves {
        fn finalize(&self) {
            Says(self.number).finalize();
            if let Some(me) = self.me.borrow().upgrade() {
                SAVED.set(Some(me));
            }
        }
    }

    let saves = |number| Saves { number, me: RefCell::default() };
    let object = Gc::new(vec![saves(1), saves(2)]);
    object[1].me.replace(Gc::downgrade(&object));
    drop(object);
    assert_eq!(ran(), [1, 2]);
    let object = SAVED.take().expect("a value in it saved it");
    assert!(gc::is_finalized(&object));
    drop(object);
    assert_eq!(ran(), NONE, "each runs once");
}

#[derive(Trace)]
struct PlainNode {
    name: String,
    next: RefCell<Option<Gc<PlainNode>>>,
    kids: Vec<PlainNode>,
    tail: Option<Box<PlainNode>>,
    point: (f64, Option<Box<str>>),
    data: HashMap<String, Plainer>,
}

#[derive(Trace)]
enum Plainer {
    Text(Box<str>),
    Bytes(Vec<u8>),
    Same(Box<Plainer>),
}

#[test]
fn types_without_a_finalizer_anywhere_are_not_finalized() {
    assert!(!gcycle::__private::has_finalizers::<PlainNode>());
    assert!(!gcycle::__private::has_finalizers::<Plainer>());
    assert!(!gcycle::__private::has_finalizers::<Around<PlainNode>>());
    assert!(!gcycle::__private::has_finalizers::<Gc<Outer>>());
    assert!(!gcycle::__private::has_finalizers::<HashMap<String, RefCell<Vec<Gc<Says>>>>>());
    assert!(gcycle::__private::has_finalizers::<Tree>());
    assert!(gcycle::__private::has_finalizers::<Around<RefCell<Vec<Tree>>>>());
}

/// Its `Trace` is written by hand.
struct ByHand(u32);

// SAFETY: there is nothing to report.
unsafe impl Trace for ByHand {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn finalizer() -> Option<fn(&Self)> {
        Some(|value| RAN.with_borrow_mut(|ran| ran.push(value.0)))
    }
}

#[test]
fn what_is_traced_by_hand_is_finalized_as_a_field_of_what_derives() {
    #[derive(Trace)]
    struct Owner {
        first: ByHand,
        second: Generic<ByHand>,
        rest: Vec<ByHand>,
    }
    #[derive(Trace)]
    struct Generic<T>(T);

    let owner =
        Owner { first: ByHand(1), second: Generic(ByHand(2)), rest: vec![ByHand(3), ByHand(4)] };
    assert_eq!(owner.first.0 + owner.second.0.0 + owner.rest[0].0, 6);
    drop(Gc::new(owner));
    assert_eq!(ran(), [1, 2, 3, 4]);
}
