//! Cycles through each kind of object: what `collect` returns for them.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use gcycle::{Gc, Trace, gc};

use crate::objects::{List, Plain};

pub(super) fn test_list() {
    let list = List::cyclic();
    gc::collect();
    drop(list);
    assert_eq!(gc::collect(), 1);
}

/// `dict`, with numbers as keys.
#[derive(Default, Trace)]
struct Dict(RefCell<BTreeMap<u32, Gc<Dict>>>);

pub(super) fn test_dict() {
    let dict = Gc::new(Dict::default());
    dict.0.borrow_mut().insert(1, dict.clone());
    gc::collect();
    drop(dict);
    assert_eq!(gc::collect(), 1);
}

/// A list of tuples that hold such lists.
#[derive(Default, Trace)]
struct ListOfTuples(RefCell<Vec<Gc<(Gc<ListOfTuples>,)>>>);

pub(super) fn test_tuple() {
    // Tuples cannot change, so a list closes the loop.
    let list = Gc::new(ListOfTuples::default());
    let tuple = Gc::new((list.clone(),));
    list.0.borrow_mut().push(tuple.clone());
    gc::collect();
    drop(tuple);
    drop(list);
    assert_eq!(gc::collect(), 2);
}

/// A class as an interpreter would have it: an object whose method resolution
/// order starts with itself.
#[derive(Default, Trace)]
struct Class {
    mro: RefCell<Vec<Gc<Class>>>,
    attributes: RefCell<BTreeMap<&'static str, Gc<Member>>>,
}

impl Class {
    fn new(bases: &[&Gc<Class>]) -> Gc<Class> {
        let class = Gc::new(Class::default());
        let bases = bases.iter().flat_map(|base| base.mro.borrow().clone());
        let mro = [class.clone()].into_iter().chain(bases).collect();
        *class.mro.borrow_mut() = mro;
        class
    }

    fn set(self: &Class, name: &'static str, member: Member) {
        self.attributes.borrow_mut().insert(name, Gc::new(member));
    }
}

/// What an attribute of a class or of one of its instances is.
#[derive(Trace)]
enum Member {
    Class(Gc<Class>),
    Instance { class: Gc<Class>, attribute: RefCell<Option<Gc<Member>>> },
}

impl Member {
    fn instance(class: &Gc<Class>) -> Member {
        Member::Instance { class: class.clone(), attribute: RefCell::default() }
    }

    /// An instance with an attribute that refers to itself.
    fn cyclic_instance(class: &Gc<Class>) -> Gc<Member> {
        let instance = Gc::new(Member::instance(class));
        if let Member::Instance { attribute, .. } = &*instance {
            *attribute.borrow_mut() = Some(instance.clone());
        }
        instance
    }
}

pub(super) fn test_class() {
    let class = Class::new(&[]);
    class.set("a", Member::Class(class.clone()));
    gc::collect();
    drop(class);
    assert_ne!(gc::collect(), 0);
}

pub(super) fn test_newstyleclass() {
    let class = Class::new(&[]);
    gc::collect();
    drop(class);
    assert_ne!(gc::collect(), 0);
}

pub(super) fn test_instance() {
    let instance = Plain::cyclic("a");
    gc::collect();
    drop(instance);
    assert_ne!(gc::collect(), 0);
}

pub(super) fn test_newinstance() {
    let class_a = Class::new(&[]);
    let instance = Member::cyclic_instance(&class_a);
    gc::collect();
    drop(instance);
    assert_ne!(gc::collect(), 0);

    let class_b = Class::new(&[]);
    let class_c = Class::new(&[&class_b, &class_a]);
    let instance = Member::cyclic_instance(&class_c);
    gc::collect();
    drop(instance);
    assert_ne!(gc::collect(), 0);

    drop((class_b, class_c));
    assert_ne!(gc::collect(), 0);

    class_a.set("a", Member::instance(&class_a));
    drop(class_a);
    assert_ne!(gc::collect(), 0);
    assert_eq!(gc::collect(), 0);
}

/// An instance that holds one of its own methods.
#[derive(Default, Trace)]
struct HoldsMethod {
    init: OnceCell<Gc<BoundMethod>>,
    calls: Cell<u32>,
}

/// A method together with the object that it is called on.
#[derive(Trace)]
struct BoundMethod {
    receiver: Gc<HoldsMethod>,
    function: fn(&HoldsMethod),
}

pub(super) fn test_method() {
    let instance = Gc::new(HoldsMethod::default());
    let function = |this: &HoldsMethod| this.calls.set(this.calls.get() + 1);
    let method = Gc::new(BoundMethod { receiver: instance.clone(), function });
    assert!(instance.init.set(method).is_ok());
    let method = instance.init.get().unwrap();
    (method.function)(&method.receiver);
    assert_eq!(instance.calls.get(), 1);
    gc::collect();
    drop(instance);
    assert_ne!(gc::collect(), 0);
}

/// The globals of a module, which its functions hold.
#[derive(Default, Trace)]
struct Globals(RefCell<BTreeMap<&'static str, Gc<Function>>>);

/// A function of a module.
#[derive(Trace)]
struct Function {
    globals: Gc<Globals>,
}

pub(super) fn test_function() {
    let globals = Gc::new(Globals::default());
    let function = Gc::new(Function { globals: globals.clone() });
    globals.0.borrow_mut().insert("f", function);
    gc::collect();
    drop(globals);
    assert_eq!(gc::collect(), 2);
}
