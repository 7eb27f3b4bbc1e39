//! Types of every shape can be `Movable`; which cannot is in `tests/ui/movable`.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::thread::JoinHandle;

use gcycle::{ById, Finalize, Gc, Link, Movable, Trace, Untraced, Weak};

const fn assert_movable<T: Movable + ?Sized>() {}

#[derive(Trace)]
#[trace(movable)]
struct Node<T> {
    value: T,
    parent: RefCell<Weak<Node<T>>>,
    children: RefCell<Vec<Gc<Node<T>>>>,
    boxed: Option<Box<Node<T>>>,
    document: OnceCell<Gc<Document>>,
}

#[derive(Trace)]
#[trace(movable)]
#[expect(clippy::type_complexity, reason = "all kinds of types are in it")]
struct Document {
    root: RefCell<Option<Gc<Node<u32>>>>,
    title: &'static str,
    parts: HashMap<String, Gc<Document>>,
    seen: RefCell<HashSet<ById<Document>>>,
    next: Link<Document>,
    shapes: Vec<Gc<dyn Shape>>,
    pages: [Option<Gc<[Document]>>; 3],
    undo: Mutex<VecDeque<(Gc<str>, fn(&Document))>>,
    draw: Option<fn(&Document, &mut [u8], &str, &str, &str, &str, &str)>,
    marker: PhantomData<Gc<Document>>,
    styles: Arc<RwLock<BTreeMap<String, u8>>>,
    failure: OnceLock<Box<dyn std::error::Error + Send + Sync>>,
    never: Result<u32, Infallible>,
    builder: Untraced<std::thread::Builder>,
    #[trace(skip)]
    saver: Option<JoinHandle<()>>,
}

trait Shape: Movable {}

#[test]
fn types_that_are_recursive_through_each_other_are() {
    assert_movable::<Node<String>>();
    assert_movable::<Node<Gc<Document>>>();
    assert_movable::<Document>();
    assert_movable::<Box<dyn Shape>>();
    assert_movable::<Weak<dyn Movable>>();
}

#[derive(Trace)]
#[trace(movable)]
enum Value<A, B, const N: usize> {
    Nothing,
    Empty(),
    Braces {},
    Many(A, [u8; N]),
    Swapped { other: Gc<Value<B, A, N>>, r#type: u32 },
    List(Vec<Self>),
}

#[derive(Trace)]
#[trace(movable)]
enum Task<T> {
    Waiting(Gc<Task<T>>),
    #[trace(skip)]
    Running(JoinHandle<T>, Box<T>),
}

#[derive(Trace)]
#[trace(movable)]
enum Never {}

#[derive(Trace)]
#[trace(movable)]
struct Unit;

#[derive(Trace)]
#[trace(movable)]
struct Tuple(u32, Gc<Tuple>, Cell<Option<Gc<Unit>>>);

#[derive(Trace)]
#[trace(movable)]
struct Borrowed<'a>(&'a str, #[trace(skip)] &'a [u8], &'a String);

#[test]
fn structs_and_enums_of_all_shapes_are() {
    assert_movable::<Value<u32, Gc<str>, 3>>();
    assert_movable::<Task<Vec<u8>>>();
    assert_movable::<(Never, Unit, Tuple)>();
    assert_movable::<Borrowed<'_>>();
}

#[derive(Trace)]
#[trace(movable)]
struct Tail<T: ?Sized> {
    name: Gc<str>,
    tail: T,
}

#[derive(Trace)]
#[trace(movable)]
struct Growing<T>(T, Option<Gc<Growing<(T, T)>>>);

#[derive(Trace)]
#[trace(movable)]
struct Left<T>(RefCell<Vec<Gc<Right<T>>>>, T);

#[derive(Trace)]
#[trace(movable)]
struct Right<T>(RefCell<Vec<Gc<Left<T>>>>, Option<T>);

#[derive(Trace)]
#[trace(movable)]
struct Parser<T>(PhantomData<fn() -> T>);

#[test]
fn generic_types_are_if_what_they_own_is() {
    assert_movable::<Gc<Tail<dyn Shape>>>();
    assert_movable::<Gc<Tail<[Gc<str>]>>>();
    assert_movable::<Growing<u8>>();
    assert_movable::<Left<String>>();
    assert_movable::<Parser<Rc<str>>>();
}

#[derive(Trace)]
#[trace(movable, finalize)]
struct Finalized(Gc<u32>);

impl Finalize for Finalized {
    fn finalize(&self) {}
}

#[derive(Trace)]
#[trace(movable, unsafe_drop)]
struct Dropped(Gc<u32>);

impl Drop for Dropped {
    fn drop(&mut self) {}
}

#[derive(Trace)]
#[trace(movable, acyclic)]
struct Font {
    family: Gc<str>,
    fallback: Option<Box<Font>>,
    #[trace(acyclic)]
    file: Option<Arc<str>>,
}

#[test]
fn other_words_go_together_with_it() {
    assert_movable::<(Finalized, Dropped, Font)>();
}
