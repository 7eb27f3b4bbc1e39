//! Types that contain each other by value, as those of interpreters do: each is asked once, so
//! what is known of them is exact, and what one of them says is found wherever it is.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use gcycle::__private::{drops_quietly, has_finalizers};
use gcycle::{Ask, Finalize, Finalizing, Gc, Trace, Tracer, Untraced, gc};

std::thread_local! {
    static RAN: Cell<u32> = const { Cell::new(0) };
}

/// How many finalizers ran.
fn ran() -> u32 {
    RAN.take()
}

/// Has a finalizer, and nothing else.
#[derive(Trace, Default)]
#[trace(finalize)]
struct Final;

impl Finalize for Final {
    fn finalize(&self) {
        RAN.set(RAN.get() + 1);
    }
}

/// Has a drop, and nothing else.
#[derive(Default)]
struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {}
}

// The values of an interpreter.

#[derive(Trace, Default)]
enum Value {
    #[default]
    Nil,
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Table(HashMap<String, Value>),
    Call(Call),
    Object(Gc<Object>),
}

#[derive(Trace, Default)]
struct Call {
    function: Option<Gc<Object>>,
    arguments: Vec<Argument>,
}

#[derive(Trace, Default)]
struct Argument {
    value: RefCell<Value>,
    default: Option<Gc<Value>>,
    scope: Scope<Value>,
}

#[derive(Trace, Default)]
struct Scope<V> {
    names: BTreeMap<u32, (V, Vec<Argument>)>,
    globals: Option<Gc<Object>>,
}

#[derive(Trace, Default)]
struct Object {
    fields: RefCell<HashMap<String, Value>>,
    stack: RefCell<Vec<Argument>>,
    class: Option<Gc<Object>>,
}

#[test]
fn the_values_of_an_interpreter_have_no_finalizers() {
    assert!(!has_finalizers::<Value>());
    assert!(!has_finalizers::<Call>());
    assert!(!has_finalizers::<Argument>());
    assert!(!has_finalizers::<Scope<Value>>());
    assert!(!has_finalizers::<Object>());
    assert!(!has_finalizers::<RefCell<Vec<(u8, Scope<Call>)>>>());
}

#[test]
fn the_values_of_an_interpreter_drop_quietly() {
    assert!(drops_quietly::<Value>());
    assert!(drops_quietly::<Call>());
    assert!(drops_quietly::<Argument>());
    assert!(drops_quietly::<Scope<Value>>());
    assert!(drops_quietly::<Object>());
}

#[test]
fn one_type_among_them_with_a_finalizer_is_found_from_each() {
    #[derive(Trace)]
    struct Expression(Vec<Statement>);

    #[derive(Trace)]
    enum Statement {
        Expression(Option<Box<Expression>>),
        Block(BTreeMap<u8, Block>),
    }

    #[derive(Trace)]
    struct Block {
        statements: Vec<Statement>,
        first: Vec<Expression>,
        open: Vec<Final>,
    }

    assert!(has_finalizers::<Expression>());
    assert!(has_finalizers::<Statement>());
    assert!(has_finalizers::<Block>());
    let block = |open| Block { statements: Vec::new(), first: Vec::new(), open };
    let inner = Statement::Block(BTreeMap::from([(1, block(vec![Final, Final]))]));
    let outer = Statement::Expression(Some(Box::new(Expression(vec![inner]))));
    drop(Gc::new(Expression(vec![outer])));
    assert_eq!(ran(), 2);
}

// Levels.

/// Contains itself and, in the way that a type of an interpreter does, the next level.
#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct Level<T> {
    again: Vec<Both<T>>,
    next: HashMap<u8, Option<T>>,
    own: RefCell<Option<Gc<Level<T>>>>,
}

/// As a level, and with it.
#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct Both<T> {
    level: RefCell<Vec<Level<T>>>,
    own: Option<Gc<Both<T>>>,
}

/// As many levels as there are dots, and a type inside of the last.
macro_rules! levels {
    ($inner:ty;) => { $inner };
    ($inner:ty; . $($rest:tt)*) => { Level<levels!($inner; $($rest)*)> };
}

type One<T> = levels!(T; .);
type Three<T> = levels!(T; . . .);
type Nine<T> = levels!(T; . . . . . . . . .);
type Twenty<T> = levels!(T; . . . . . . . . . . . . . . . . . . . .);

/// A value that lies in a value of so many levels.
trait Inside {
    fn around(value: Final) -> Self;
}

impl Inside for Final {
    fn around(value: Final) -> Final {
        value
    }
}

impl<T: Inside> Inside for Level<T> {
    fn around(value: Final) -> Level<T> {
        let next = HashMap::from([(1, Some(T::around(value)))]);
        let again = vec![Both { level: RefCell::default(), own: None }];
        Level { again, next, own: RefCell::default() }
    }
}

/// Finalizers that run with an object of type `Level<T>`, when its last handle is dropped and
/// when it is part of a cycle.
fn finalized<T: Trace + Inside + 'static>() -> [u32; 2] {
    let around = || Gc::new(Level::<T>::around(Final));
    drop(around());
    let at_once = ran();
    let cycle = around();
    cycle.own.replace(Some(cycle.clone()));
    drop(cycle);
    assert_eq!(ran(), 0, "not before the collection");
    gc::collect();
    [at_once, ran()]
}

#[test]
fn a_finalizer_is_found_at_any_level() {
    assert!(has_finalizers::<One<Final>>());
    assert!(has_finalizers::<Three<Final>>());
    assert!(has_finalizers::<Nine<Final>>());
    assert!(has_finalizers::<Twenty<Final>>());
}

#[test]
fn a_value_at_any_level_is_finalized_once() {
    assert_eq!(finalized::<Final>(), [1, 1]);
    assert_eq!(finalized::<Three<Final>>(), [1, 1]);
    assert_eq!(finalized::<Nine<Final>>(), [1, 1]);
    assert_eq!(finalized::<Twenty<Final>>(), [1, 1]);
}

#[test]
fn that_there_is_no_finalizer_at_any_level_is_known() {
    assert!(!has_finalizers::<One<String>>());
    assert!(!has_finalizers::<Three<Value>>());
    assert!(!has_finalizers::<Nine<Gc<Final>>>());
    assert!(!has_finalizers::<Twenty<Value>>());
}

#[test]
fn a_drop_of_the_programs_is_found_at_any_level() {
    assert!(drops_quietly::<One<Value>>());
    assert!(drops_quietly::<Nine<Value>>());
    assert!(drops_quietly::<Twenty<Value>>());
    assert!(!drops_quietly::<One<Untraced<Loud>>>());
    assert!(!drops_quietly::<Three<Untraced<Loud>>>());
    assert!(!drops_quietly::<Nine<Untraced<Loud>>>());
    assert!(!drops_quietly::<Twenty<Untraced<Loud>>>());
}

#[test]
fn there_may_be_a_finalizer_in_a_trait_object() {
    #[derive(Trace)]
    struct Open {
        parts: Vec<Part>,
        own: RefCell<Option<Gc<Open>>>,
    }

    #[derive(Trace)]
    enum Part {
        Open(Vec<Open>),
        Any(Box<dyn Trace>),
    }

    assert!(has_finalizers::<Open>());
    assert!(!drops_quietly::<Open>());
    let inner = Open { parts: vec![Part::Any(Box::new(Final))], own: RefCell::default() };
    let parts = vec![Part::Open(vec![inner]), Part::Any(Box::new(7))];
    drop(Gc::new(Open { parts, own: RefCell::default() }));
    assert_eq!(ran(), 1);
}

// The answer of a type that is being asked is not known yet.

/// Asked first, it comes to itself before it comes to the finalizer and the drop.
#[derive(Trace, Default)]
struct Early {
    late: Vec<Late>,
    value: Option<Final>,
    loud: Option<Untraced<Loud>>,
    own: Option<Gc<Early>>,
}

#[derive(Trace, Default)]
struct Late {
    early: Vec<Early>,
    own: Option<Gc<Late>>,
}

/// Asks for two types, one after the other, and believes the second.
struct Second<A, B>(PhantomData<A>, Vec<B>);

// SAFETY: the values are reported once, and nothing else happens. Dropping them is all that a drop
// does, and it is asked for.
unsafe impl<A: Trace, B: Trace> Trace for Second<A, B> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.1.trace(tracer);
    }

    fn has_finalizers(ask: impl Ask) -> bool {
        let _ = ask.has_finalizers::<A>();
        ask.has_finalizers::<Vec<B>>()
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.value(&self.1);
    }

    fn drops_quietly(ask: impl Ask) -> bool {
        let _ = ask.traced::<A>().answer();
        ask.traced::<Vec<B>>().answer()
    }
}

#[test]
fn what_was_asked_on_the_way_to_a_finalizer_does_not_count_as_without() {
    assert!(has_finalizers::<Early>());
    assert!(has_finalizers::<Late>());
    assert!(has_finalizers::<Second<Early, Late>>());
    assert!(has_finalizers::<Second<Late, Early>>());
    let late = Late { early: vec![Early { value: Some(Final), ..Early::default() }], own: None };
    drop(Gc::new(Second::<Early, Late>(PhantomData, vec![late])));
    assert_eq!(ran(), 1);
}

#[test]
fn what_was_asked_on_the_way_to_a_drop_does_not_count_as_quiet() {
    assert!(!drops_quietly::<Early>());
    assert!(!drops_quietly::<Late>());
    assert!(!drops_quietly::<Second<Early, Late>>());
    assert!(!drops_quietly::<Second<Late, Early>>());
}

/// Asks another question on the way.
struct Curious<T>(Vec<T>);

// SAFETY: as above.
unsafe impl<T: Trace> Trace for Curious<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn drops_quietly(ask: impl Ask) -> bool {
        !ask.has_finalizers::<Vec<T>>() && ask.traced::<Vec<T>>().answer()
    }
}

#[test]
fn a_type_is_asked_each_question() {
    assert!(drops_quietly::<Curious<Value>>());
    assert!(!drops_quietly::<Curious<Untraced<Loud>>>());
    assert!(!drops_quietly::<Curious<Final>>());
}

/// Answers a question about finalizers as one about drops is answered.
struct Answers<A, B>(Vec<(A, B)>);

// SAFETY: the values are reported once, and nothing else happens.
unsafe impl<A: Trace, B: Trace> Trace for Answers<A, B> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn has_finalizers(ask: impl Ask) -> bool {
        ask.traced::<Vec<(A, B)>>().answer()
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.value(&self.0);
    }
}

#[test]
fn the_answer_to_a_question_about_finalizers_is_whether_there_are_any() {
    assert!(has_finalizers::<Answers<u8, Twenty<Final>>>());
    assert!(!has_finalizers::<Answers<u8, Twenty<Value>>>());
    drop(Gc::new(Answers(vec![(1, Twenty::<Final>::around(Final))])));
    assert_eq!(ran(), 1);
}

#[test]
fn types_that_are_not_static_are_asked() {
    #[derive(Trace)]
    struct Text<'a> {
        words: Vec<Word<'a>>,
        source: &'a str,
    }

    #[derive(Trace)]
    enum Word<'a> {
        Text(Vec<Text<'a>>),
        Final(Vec<Final>),
        Plain(&'a str),
    }

    fn is_asked<T: Trace>(_: &T) -> bool {
        has_finalizers::<T>()
    }

    let source = String::from("a text");
    let text = Text { words: Vec::new(), source: &source };
    assert!(is_asked(&text));
    assert!(is_asked(&Word::Plain(&source)));
    assert!(!is_asked(&vec![(&source, Value::Nil)]));
}
