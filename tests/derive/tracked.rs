//! `tracked` and `reports`: which types the collector looks at.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use gcycle::{Gc, Trace, Untraced, Weak};

#[derive(Trace)]
struct Leaf {
    number: u64,
    text: String,
    pairs: Vec<(String, f64)>,
    table: HashMap<String, Vec<u8>>,
    shared: Arc<str>,
    locked: Mutex<Option<String>>,
    callback: fn(&str) -> bool,
}

#[test]
fn a_type_of_plain_values_is_not_tracked() {
    assert!(!Leaf::tracked());
    assert!(!Leaf::reports());
}

#[derive(Trace)]
struct Unit;

#[derive(Trace)]
enum Never {}

#[derive(Trace)]
struct Pointers {
    raw: *const Leaf,
    text: &'static str,
}

#[test]
fn a_type_without_fields_or_with_borrowed_ones_is_not_tracked() {
    assert!(!Unit::tracked());
    assert!(!Never::tracked());
    assert!(!Pointers::tracked());
}

#[derive(Trace)]
struct Ring {
    next: RefCell<Option<Gc<Ring>>>,
}

type Ref<T> = Gc<RefCell<T>>;

#[derive(Trace)]
struct BehindAnAlias {
    next: Option<Ref<Leaf>>,
}

mod renamed {
    pub(super) use gcycle::Gc as Rc;
}

#[derive(Trace)]
struct BehindAnotherName {
    next: Option<renamed::Rc<Ring>>,
}

#[test]
fn a_type_with_a_gc_is_tracked_under_whatever_name() {
    assert!(Ring::tracked());
    assert!(BehindAnAlias::tracked());
    assert!(BehindAnotherName::tracked());
}

#[derive(Trace)]
enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
    Boxed(Box<Json>),
}

#[derive(Trace)]
struct Statement {
    parts: Vec<Expression>,
}

#[derive(Trace)]
enum Expression {
    Block(Box<Statement>),
    Sum(Box<Expression>, Box<Expression>),
    Name(String),
}

#[test]
fn types_recursive_through_boxes_and_vectors_are_decided() {
    assert!(!Json::tracked());
    assert!(!Statement::tracked());
    assert!(!Expression::tracked());
}

#[derive(Trace)]
struct Scope {
    values: Vec<Value>,
    outer: Option<Box<Scope>>,
}

#[derive(Trace)]
enum Value {
    Scope(Box<Scope>),
    Object(Gc<Value>),
    Nothing,
}

#[test]
fn a_gc_at_the_far_end_of_a_recursion_is_seen() {
    assert!(Scope::tracked());
    assert!(Value::tracked());
}

#[derive(Trace)]
struct Observer {
    target: RefCell<Option<Weak<Ring>>>,
    others: Vec<(String, Weak<Ring>)>,
    name: String,
}

#[derive(Trace)]
struct Marker {
    ring: PhantomData<Gc<Ring>>,
    name: Rc<str>,
    foreign: Untraced<Rc<Cell<u8>>>,
}

#[test]
fn a_type_that_holds_only_weak_handles_is_not_tracked_but_reports_them() {
    assert!(!Observer::tracked());
    assert!(Observer::reports());
}

#[test]
fn markers_and_shared_acyclic_values_are_not_tracked() {
    assert!(!Marker::tracked());
    assert!(!Marker::reports());
}

#[derive(Trace)]
struct WeakAndStrong {
    parent: Weak<Ring>,
    child: Gc<Ring>,
}

trait Shape: Trace {
    fn area(&self) -> f64;
}

#[derive(Trace)]
struct Shapes {
    all: Vec<Box<dyn Shape>>,
}

#[derive(Trace)]
struct Sendable {
    any: Box<dyn std::any::Any + Send>,
}

#[test]
fn trait_objects_are_tracked_unless_they_can_be_sent() {
    assert!(WeakAndStrong::tracked());
    assert!(Shapes::tracked());
    assert!(!Sendable::tracked());
}

#[derive(Trace)]
struct Pair<A, B> {
    first: A,
    second: Option<Vec<B>>,
    label: String,
}

#[derive(Trace)]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
}

#[derive(Trace)]
struct Edge<T> {
    to: Gc<T>,
}

#[derive(Trace)]
struct Watcher<T> {
    target: Weak<T>,
    cells: RefCell<Vec<Weak<T>>>,
}

#[derive(Trace)]
struct Tagged<T> {
    tag: PhantomData<T>,
    make: fn() -> T,
    number: u8,
}

#[derive(Trace)]
struct Unsized<T: ?Sized> {
    tail: Box<T>,
}

#[test]
fn a_generic_type_asks_its_parameters() {
    assert!(!Pair::<u8, String>::tracked());
    assert!(!Pair::<Leaf, Json>::tracked());
    assert!(Pair::<Gc<u8>, u8>::tracked());
    assert!(Pair::<u8, Gc<u8>>::tracked());
    assert!(Pair::<u8, Ring>::tracked());
    assert!(!Pair::<Pair<u8, u8>, Observer>::tracked());
    assert!(Pair::<u8, Observer>::reports());
    assert!(!Pair::<u8, u8>::reports());
}

#[test]
fn a_generic_type_with_a_type_nobody_knows_counts_as_tracked() {
    assert!(Tree::<u8>::tracked());
    assert!(Edge::<u8>::tracked());
    assert!(Unsized::<str>::tracked());
}

#[test]
fn a_generic_type_that_only_watches_or_tags_is_not_tracked() {
    assert!(!Watcher::<Ring>::tracked());
    assert!(Watcher::<Ring>::reports());
    assert!(!Tagged::<Ring>::tracked());
    assert!(!Tagged::<Ring>::reports());
}

#[derive(Trace)]
struct Grid<const WIDTH: usize> {
    cells: [[u8; WIDTH]; 4],
    names: [String; WIDTH],
}

#[derive(Trace)]
struct Board<'a, const WIDTH: usize> {
    squares: [Option<Gc<Leaf>>; WIDTH],
    title: &'a str,
}

#[test]
fn const_parameters_and_lifetimes_ask_for_nothing() {
    assert!(!Grid::<3>::tracked());
    assert!(Board::<3>::tracked());
}

/// All containers that the derive knows by name, which must be the ones that the
/// runtime vouches for.
#[derive(Trace)]
#[expect(clippy::linkedlist, reason = "it is one of them")]
struct AllContainers<T: Ord> {
    boxed: Box<T>,
    cells: (Cell<T>, RefCell<T>, std::cell::OnceCell<T>),
    locks: (Mutex<T>, std::sync::RwLock<T>, std::sync::OnceLock<T>),
    choices: (Option<T>, Result<T, T>),
    lists: (Vec<T>, std::collections::VecDeque<T>, std::collections::LinkedList<T>),
    sets: (std::collections::BTreeSet<T>, std::collections::HashSet<T>),
    heap: std::collections::BinaryHeap<std::cmp::Reverse<T>>,
    maps: (BTreeMap<T, T>, HashMap<T, T>),
    pinned: std::pin::Pin<Box<T>>,
    array: [T; 2],
}

#[test]
fn every_container_of_std_is_looked_through() {
    assert!(!AllContainers::<u8>::tracked());
    assert!(!AllContainers::<u8>::reports());
}

mod impostors {
    //! Names of std for types of our own that hide a `Gc`.

    use super::{Gc, Trace};

    #[derive(Trace)]
    pub(super) struct Hidden(Gc<u8>);

    /// Not the `Option` one expects.
    #[derive(Trace)]
    pub(super) struct Option<T> {
        value: T,
        hidden: Hidden,
    }

    #[derive(Trace)]
    pub(super) struct Generic<T> {
        value: Option<T>,
    }

    #[derive(Trace)]
    pub(super) struct Watching {
        value: Option<gcycle::Weak<u8>>,
    }
}

#[test]
fn a_container_that_only_has_the_name_of_a_known_one_is_found_out() {
    assert!(impostors::Generic::<u8>::tracked());
    assert!(impostors::Watching::tracked());
}

#[derive(Trace)]
struct Skipped {
    #[trace(skip)]
    held: Option<Gc<Ring>>,
    name: String,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Config {
    name: Gc<String>,
    parent: Option<Gc<Leafy>>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Leafy {
    name: String,
}

#[derive(Trace)]
struct HasConfig {
    #[trace(acyclic)]
    config: Gc<Config>,
    shared: Rc<Config>,
    number: u32,
}

#[test]
fn fields_that_are_left_out_do_not_count() {
    assert!(!Skipped::tracked());
    assert!(!Config::tracked());
    assert!(!HasConfig::tracked());
}

#[test]
fn the_heap_agrees_with_the_type() {
    let leaf = Gc::new(Unit);
    let ring = Gc::new(Ring { next: RefCell::default() });
    assert!(!gcycle::gc::is_tracked(&leaf));
    assert!(gcycle::gc::is_tracked(&ring));
}

/// Each level asks the next one only for its parameter.
#[test]
fn nested_parameters_are_asked_one_after_the_other() {
    type Nested = Pair<Pair<Pair<u8, Vec<u8>>, Box<u8>>, Option<Pair<String, Leaf>>>;
    assert!(!Nested::tracked());
}
