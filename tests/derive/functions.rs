//! Function pointers of every signature are leaves, wherever a field holds them.

#![expect(clippy::type_complexity, reason = "the types are what is tested")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use gcycle::{Acyclic, Gc, Trace};

struct Machine;
struct Value;

fn is_untracked<T: Trace>() -> bool {
    !T::tracked()
}

fn is_acyclic<T: Acyclic>() {}

#[derive(Trace)]
struct Alone {
    lifetimes: for<'a, 'b> fn(&'a Machine, &'b Value) -> Result<&'a Value, &'b Value>,
    four: fn(&Machine, &[Value], &mut Value, &str) -> Result<Value, String>,
    system: extern "system" fn(u32) -> u32,
    unwinding: unsafe extern "C-unwind" fn(&Machine),
    variadic: unsafe extern "C" fn(*mut Machine, ...) -> i32,
}

type Twelve = fn(&u8, &u8, &u8, u8, u8, u8, u8, u8, u8, u8, u8, &mut u8) -> &'static str;

#[derive(Trace)]
struct Contained<T> {
    optional: Option<for<'a, 'b> fn(&'a Machine, &'b T) -> (&'a Value, &'b T)>,
    parsers: Vec<fn(&mut Machine, &str, &T, usize, bool) -> Option<Box<Value>>>,
    natives: HashMap<String, extern "C" fn(&mut Machine, *const Value) -> i32>,
    rules: [Option<(extern "system" fn(&T), u8)>; 4],
    shared: Rc<[fn(&T) -> Option<&T>]>,
    nested: RefCell<BTreeMap<&'static str, (u8, unsafe extern "C" fn(&mut T, &u8))>>,
}

#[test]
fn containers_of_functions_are_leaves() {
    assert!(is_untracked::<Alone>());
    assert!(is_untracked::<Contained<std::thread::Thread>>());
}

type Callback = Option<unsafe extern "system" fn(*mut u8, u32) -> u32>;
type Native = fn(&mut Machine, &Value, &[Value], &str) -> Result<Value, String>;
type Getter = for<'a> fn(&'a Machine, usize) -> Option<&'a Value>;

#[derive(Trace)]
struct Aliased {
    callback: Callback,
    natives: Vec<Native>,
    getter: Getter,
    #[trace(skip)]
    twelve: Option<Twelve>,
}

#[derive(Trace, PartialEq, Eq, Hash)]
struct Symbol(u32);

#[derive(Trace)]
struct Keyed {
    #[trace(acyclic)]
    natives: HashMap<Symbol, for<'a> fn(&'a Machine, u8, &Value, &Value) -> &'a Value>,
}

#[test]
fn aliases_of_functions_and_keys_of_the_user_are_leaves() {
    assert!(is_untracked::<Aliased>());
    assert!(is_untracked::<Keyed>());
}

#[derive(Trace)]
#[trace(acyclic)]
enum Rule {
    Native(Option<fn(&Rule, &mut Machine, &[Rule], usize, &str) -> Box<Rule>>),
    Sequence(Vec<(fn(&Self) -> bool, Rc<Self>)>),
}

#[test]
fn a_recursive_type_with_functions_of_itself_is_acyclic() {
    is_acyclic::<Rule>();
}

#[derive(Trace)]
struct Method {
    entries: Vec<(Gc<Method>, fn(&Method) -> bool)>,
}

#[test]
fn a_handle_beside_a_function_is_traced() {
    let leaf = Gc::new(Method { entries: Vec::new() });
    let method = Method { entries: vec![(leaf, |_| true)] };
    assert_eq!(gcycle::__private::edge_count(&method), 1);
}
