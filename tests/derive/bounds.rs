//! Which bounds the derive infers: just those that the fields need.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;

use gcycle::{Acyclic, Gc, Trace, Weak};

/// Not `Trace`, nor anything else.
struct Opaque;

fn is_trace<T: Trace>() {}

#[derive(Trace)]
struct NeedsNothing<T, U: ?Sized> {
    strong: Gc<T>,
    weak: Weak<U>,
    list: RefCell<Vec<Option<Gc<U>>>>,
    marker: PhantomData<T>,
    make: fn(&T) -> Box<U>,
    raw: *const U,
    number: u32,
    #[trace(skip)]
    skipped: Option<T>,
}

#[test]
fn handles_markers_functions_and_skipped_fields_need_nothing() {
    is_trace::<NeedsNothing<Opaque, str>>();
    is_trace::<NeedsNothing<Opaque, Opaque>>();
}

#[derive(Trace)]
enum SkippedVariant<T> {
    #[trace(skip)]
    Foreign(T),
    Own(Gc<T>),
}

#[test]
fn skipped_variants_need_nothing() {
    is_trace::<SkippedVariant<Opaque>>();
}

#[derive(Trace)]
struct Containers<K, V, S> {
    boxed: Box<[K]>,
    cells: (Cell<V>, RefCell<V>, OnceCell<V>),
    array: [Option<Result<K, V>>; 2],
    deque: std::collections::VecDeque<VecDeque<V>>,
    table: HashMap<K, BTreeMap<K, V>, S>,
    set: HashSet<K, S>,
}

#[test]
fn containers_need_what_their_contents_need() {
    is_trace::<Containers<u8, Gc<u8>, Opaque>>();
}

#[derive(Trace)]
struct Tree<T> {
    value: T,
    left: Option<Box<Tree<T>>>,
    right: Option<Box<Self>>,
    all: Vec<Wrapper<Tree<T>>>,
}

#[derive(Trace)]
struct Wrapper<T>(T);

#[test]
fn a_type_that_mentions_itself_needs_its_parameters_only() {
    is_trace::<Tree<Gc<u8>>>();
}

/// Polymorphic recursion: the field's type is another instance.
#[derive(Trace)]
struct Twice<T> {
    value: T,
    next: Option<Box<Twice<(T, T)>>>,
}

trait Family {
    type Member;
}

struct Bytes;

impl Family for Bytes {
    type Member = u8;
}

#[derive(Trace)]
struct OfFamily<F: Family> {
    short: F::Member,
    long: Vec<<F as Family>::Member>,
    family: PhantomData<F>,
}

#[derive(Trace)]
struct Shared<T> {
    shared: Rc<T>,
}

#[test]
fn other_types_are_asked_themselves() {
    is_trace::<OfFamily<Bytes>>();
    is_trace::<Shared<String>>();
}

/// Private, and part of a bound of a public type.
#[derive(Trace)]
struct Private<T>(T);

#[derive(Trace)]
pub(crate) struct Public<T> {
    private: Private<T>,
}

#[derive(Trace)]
struct Mutual<T> {
    other: Option<Gc<MutualToo<T>>>,
    value: T,
}

#[derive(Trace)]
struct MutualToo<T> {
    other: Gc<Mutual<T>>,
}

#[test]
fn generic_types_recursive_through_gc_need_no_help() {
    is_trace::<Mutual<u8>>();
    is_trace::<MutualToo<Opaque>>();
}

#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct MutualByBox<T> {
    other: Option<Box<MutualByBoxToo<T>>>,
    value: T,
}

#[derive(Trace)]
struct MutualByBoxToo<T> {
    other: Option<Box<MutualByBox<T>>>,
}

#[test]
fn one_bound_helps_generic_types_recursive_through_boxes() {
    is_trace::<MutualByBox<Gc<u8>>>();
    is_trace::<MutualByBoxToo<Gc<u8>>>();
}

trait Describe: Trace {}

impl Describe for u8 {}

#[derive(Trace)]
struct FieldBound<T, U> {
    #[trace(bound = "T: Describe + Trace, U: Trace")]
    pair: (T, U),
    none: Gc<T>,
}

macro_rules! pair {
    ($a:ty) => {
        ($a, $a)
    };
}

#[derive(Trace)]
struct HiddenInMacro<T> {
    #[trace(bound = "T: Trace")]
    pair: pair!(T),
}

#[derive(Trace)]
#[trace(bound = "")]
struct NoBound<T>(Gc<T>);

#[test]
fn bounds_can_be_given() {
    is_trace::<FieldBound<u8, u8>>();
    is_trace::<HiddenInMacro<Gc<u8>>>();
    is_trace::<NoBound<Opaque>>();
}

#[derive(Trace)]
#[trace(acyclic)]
struct AcyclicPair<T, U>(T, Vec<U>);

fn is_acyclic<T: Acyclic>() {}

#[test]
fn an_acyclic_generic_type_asks_its_parameters() {
    is_acyclic::<AcyclicPair<String, Gc<u8>>>();
    is_trace::<AcyclicPair<String, Gc<u8>>>();
}

trait Phase {
    type Note;
}

struct Parsed;

impl Phase for Parsed {
    type Note = Gc<u8>;
}

#[derive(Trace)]
enum Tagged<P: Phase> {
    Literal(P::Note),
    Negated(Box<Tagged<P>>),
    Listed(Vec<self::Tagged<P>>),
    Mapped(HashMap<u8, crate::bounds::Tagged<P>>),
    Wrapped(Box<Wrapper<super::bounds::Tagged<P>>>),
}

#[derive(Trace)]
enum Swapped<A: Phase, B: Phase> {
    Literal(A::Note),
    Negated(Option<Box<Swapped<B, A>>>),
}

#[derive(Trace)]
enum Rotated<A, B, C> {
    Own(A),
    Shared(Gc<(B, C)>),
    Next(Box<Rotated<B, C, A>>),
}

#[derive(Trace)]
enum Defaulted<A, B = u8> {
    Own(A, Gc<B>),
    Next(Box<Defaulted<A>>),
}

#[test]
fn a_type_that_is_named_by_itself_needs_what_it_needs_as_self() {
    is_trace::<Tagged<Parsed>>();
    is_trace::<Swapped<Parsed, Parsed>>();
    is_trace::<Rotated<u8, Gc<u8>, u8>>();
    is_trace::<Defaulted<u8, Opaque>>();
}

mod inner {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    pub(super) struct Named<T>(Gc<T>, T);
}

/// Holds a type of its own name, of another module.
#[derive(Trace)]
struct Named<T> {
    inner: inner::Named<T>,
}

#[derive(Trace)]
struct Cover<T>(Vec<inner::Named<T>>);

#[test]
fn a_type_of_the_same_name_is_asked_itself() {
    is_trace::<Named<u8>>();
    is_trace::<Cover<u8>>();
}
