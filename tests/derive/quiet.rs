//! What the derive says of drops: nobody's code runs but that of std and the like.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;
use std::rc::Rc;

use gcycle::__private::drops_quietly;
use gcycle::{Ask, Gc, Trace, Tracer, Untraced, Weak};

fn is_quiet<T: Trace>() -> bool {
    drops_quietly::<T>()
}

/// Runs somebody's code when it is dropped.
#[derive(Default)]
struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {}
}

#[derive(Trace)]
struct Node {
    next: RefCell<Option<Gc<Node>>>,
    parent: Weak<Node>,
    children: RefCell<Vec<Gc<Node>>>,
    attributes: BTreeMap<String, (Cell<u32>, Option<String>)>,
    index: HashMap<String, Gc<str>>,
    data: Data,
    #[trace(skip)]
    plain: [u8; 4],
}

#[derive(Trace)]
enum Data {
    Nothing,
    Text(String, f64),
    Element { name: Gc<str>, list: Vec<Result<Gc<Data>, i32>> },
    Any(Gc<dyn Trace>),
}

#[test]
fn fields_of_std_and_of_this_library_drop_quietly() {
    assert!(is_quiet::<Node>());
    assert!(is_quiet::<Data>());
    assert!(is_quiet::<Gc<Loudly>>(), "what a handle leads to is another object");
    drop((Data::Nothing, Data::Text(String::new(), 0.0)));
}

#[derive(Trace)]
struct Handles {
    node: Gc<Node>,
    files: Vec<std::fs::File>,
    stream: Option<std::net::TcpStream>,
    child: std::process::Child,
    thread: std::thread::Thread,
    output: std::process::Output,
}

#[test]
fn handles_of_the_operating_system_drop_quietly() {
    assert!(is_quiet::<Handles>());
}

/// Says by hand that its drop is as quiet as that of its contents.
struct Held<T>(Option<T>);

// SAFETY: the contents are reported once; the drop is theirs.
unsafe impl<T: Trace> Trace for Held<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn drops_quietly(ask: impl Ask) -> bool {
        ask.traced::<Option<T>>().answer()
    }
}

/// Contains itself.
struct Nested(Option<Box<Nested>>);

// SAFETY: the contents are reported once; the drop is theirs.
unsafe impl Trace for Nested {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn drops_quietly(ask: impl Ask) -> bool {
        ask.traced::<Option<Nested>>().answer()
    }
}

#[test]
fn types_with_a_trace_by_hand_can_say_that_they_drop_quietly() {
    assert!(is_quiet::<Held<Gc<Node>>>());
    assert!(is_quiet::<Held<Held<Vec<Data>>>>());
    assert!(!is_quiet::<Held<Loudly>>());
    assert!(is_quiet::<Nested>());
}

#[test]
fn errors_and_closures_that_may_own_anything_do_not() {
    assert!(!is_quiet::<Box<dyn std::error::Error>>());
    assert!(!is_quiet::<std::io::Error>());
    assert!(!is_quiet::<Box<dyn Fn() + Send>>());
    assert!(!is_quiet::<std::process::Command>());
}

#[derive(Trace)]
#[trace(acyclic)]
struct Loudly {
    #[trace(skip)]
    loud: Loud,
}

#[derive(Trace)]
struct Around {
    loud: Option<Vec<Untraced<Loud>>>,
    next: Option<Gc<Around>>,
}

#[derive(Trace)]
enum Somewhere {
    Quiet(Gc<Somewhere>),
    Loud(#[trace(skip)] Loud),
}

#[derive(Trace)]
struct Inside {
    next: Option<Gc<Inside>>,
    somewhere: Vec<Somewhere>,
}

#[test]
fn one_field_with_a_drop_of_the_users_spoils_it() {
    assert!(!is_quiet::<Loudly>());
    assert!(!is_quiet::<Around>());
    assert!(!is_quiet::<Somewhere>());
    assert!(!is_quiet::<Inside>());
    assert!(!is_quiet::<Rc<Loudly>>());
    assert!(!is_quiet::<(Gc<Node>, Untraced<Loud>)>());
}

mod shadowing {
    use super::{Gc, Loud, Trace};

    /// Named as a container of std, and as loud as one can be.
    #[derive(Trace)]
    #[trace(unsafe_drop)]
    pub(super) struct Vec<T>(#[trace(skip)] pub(super) Loud, Option<T>);

    impl<T> Drop for Vec<T> {
        fn drop(&mut self) {}
    }

    #[derive(Trace)]
    pub(super) struct Named {
        list: Vec<Gc<Named>>,
    }

    #[expect(non_camel_case_types, reason = "the test is about such names")]
    #[derive(Trace)]
    pub(super) struct u32(#[trace(skip)] Loud);

    #[derive(Trace)]
    pub(super) struct Primitive {
        number: u32,
        next: Option<Gc<Primitive>>,
    }
}

#[test]
fn names_do_not_deceive() {
    assert!(!is_quiet::<shadowing::Named>());
    assert!(!is_quiet::<shadowing::Primitive>());
    assert!(!is_quiet::<Opted>());
}

#[derive(Trace)]
#[trace(unsafe_drop)]
struct Opted {
    next: Option<Gc<Opted>>,
}

impl Drop for Opted {
    fn drop(&mut self) {}
}

#[derive(Trace)]
struct Generic<T, U> {
    item: T,
    list: Vec<T>,
    next: Option<Gc<Generic<T, U>>>,
    #[trace(skip)]
    skipped: Option<U>,
    marker: PhantomData<U>,
}

/// A hasher with a drop.
#[derive(Default)]
struct LoudHasher {
    _loud: Loud,
}

#[test]
fn type_parameters_are_asked() {
    assert!(is_quiet::<Generic<u8, u8>>());
    assert!(is_quiet::<Generic<Node, u8>>());
    assert!(!is_quiet::<Generic<Loudly, u8>>());
    assert!(!is_quiet::<Generic<u8, Loud>>());
    assert!(!is_quiet::<HashMap<u8, Gc<u8>, LoudHasher>>());
    assert!(!is_quiet::<HashSet<Gc<u8>, LoudHasher>>());
}

#[derive(Trace)]
struct Tree {
    children: Vec<Tree>,
    owner: Option<Gc<Tree>>,
}

#[derive(Trace)]
struct LoudTree {
    children: Vec<LoudTree>,
    owner: Option<Gc<LoudTree>>,
    #[trace(skip)]
    loud: Loud,
}

#[test]
fn types_that_contain_themselves_drop_as_quietly_as_the_rest_of_them() {
    assert!(is_quiet::<Tree>());
    assert!(!is_quiet::<LoudTree>());
}

#[test]
fn what_needs_no_drop_is_quiet() {
    assert!(is_quiet::<u64>());
    assert!(is_quiet::<Option<[f32; 3]>>());
    assert!(is_quiet::<Generic<u8, &'static str>>());
    assert!(!is_quiet::<Untraced<Loud>>());
    assert!(is_quiet::<Untraced<u8>>());
}
