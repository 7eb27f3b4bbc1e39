//! Acyclic types that are recursive: through boxes, shared pointers and each other.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use gcycle::{Acyclic, Gc, Trace};

fn is_acyclic<T: Acyclic + Trace>() -> bool {
    !T::tracked()
}

/// Not a type that the derive knows.
struct ByHand;

impl Acyclic for ByHand {}

trait Node: Acyclic {}

type Boxed = Box<Expression>;
type Many<T> = Vec<T>;

#[derive(Trace)]
#[trace(acyclic)]
enum Expression {
    Name(Gc<str>),
    Number(f64),
    Negated(Box<Expression>),
    Aliased(Boxed),
    Call(Rc<Expression>, Many<Expression>),
    Pair(Rc<(Self, Self)>),
    Fixed(&'static Self),
    Block(Vec<Statement>),
    Function(Arc<RefCell<Function>>),
    Spanned(Box<Spanned<Expression>>),
    Table(HashMap<String, Rc<[Expression]>>),
    #[trace(skip)]
    Skipped(Gc<Expression>),
    Hand(#[trace(skip)] Option<ByHand>, Box<Self>),
}

#[derive(Trace)]
#[trace(acyclic)]
struct Statement {
    expression: Expression,
    next: Option<Box<Statement>>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Function {
    name: String,
    body: Statement,
    calls: Vec<Rc<Function>>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Spanned<T> {
    node: T,
    start: usize,
    parent: Option<Rc<Spanned<T>>>,
}

#[test]
fn a_syntax_tree_of_several_types_is_acyclic() {
    assert!(is_acyclic::<Expression>());
    assert!(is_acyclic::<Statement>());
    assert!(is_acyclic::<Function>());
    assert!(is_acyclic::<Spanned<Expression>>());
    assert!(is_acyclic::<Rc<Expression>>());
}

#[derive(Trace)]
struct Marker;

#[derive(Trace)]
enum Operator {
    Plus,
    Power(u32, (bool, [char; 2])),
    Native(fn(&str) -> Option<Gc<u8>>),
}

#[derive(Trace)]
struct Token<'a> {
    text: &'a str,
    name: std::borrow::Cow<'a, str>,
    file: Rc<str>,
    numbers: RefCell<HashMap<String, Vec<u64>>>,
    since: Option<std::time::Duration>,
}

mod unusual {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    pub(super) struct String(pub(super) Option<Gc<String>>);
}

/// Its field has the name of a leaf, and is none.
#[derive(Trace)]
struct Misleading {
    string: unusual::String,
}

/// Recursive through leaves.
#[derive(Trace)]
#[trace(acyclic)]
struct Tokens<'a> {
    tokens: Vec<(Token<'a>, Operator)>,
    inner: HashMap<String, (Marker, Rc<Tokens<'a>>)>,
}

#[test]
fn types_of_plain_data_are_acyclic_without_being_told() {
    assert!(is_acyclic::<Marker>());
    assert!(is_acyclic::<Operator>());
    assert!(is_acyclic::<Token<'_>>());
    assert!(is_acyclic::<Rc<Token<'_>>>());
    assert!(is_acyclic::<Tokens<'_>>());
}

#[test]
fn a_type_that_is_named_like_plain_data_is_traced() {
    assert!(Misleading::tracked());
}

trait Phase {
    type Note;
}

struct Parsed;

impl Phase for Parsed {
    type Note = Gc<str>;
}

#[derive(Trace)]
#[trace(acyclic)]
enum Tree<'a, P: Phase> {
    Leaf(P::Note, &'a str),
    Shared(Rc<(Self, Tree<'a, P>)>),
    Listed(HashMap<String, Tree<'a, P>>),
}

#[test]
fn a_generic_tree_that_shares_its_branches_is_acyclic() {
    assert!(is_acyclic::<Tree<'_, Parsed>>());
    assert!(is_acyclic::<Rc<Tree<'_, Parsed>>>());
}
