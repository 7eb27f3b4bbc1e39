//! Every shape of type, and the labels of its edges.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gcycle::__private::{edge_count, labels_of};
use gcycle::{Gc, Trace};

fn object() -> Gc<u8> {
    Gc::new(0)
}

#[derive(Trace)]
struct Named {
    left: Gc<u8>,
    right: Option<Gc<u8>>,
    number: u32,
    others: RefCell<Vec<Gc<u8>>>,
}

#[test]
fn fields_are_named_after_themselves() {
    let others = RefCell::new(vec![object(), object()]);
    let named = Named { left: object(), right: None, number: 1, others };
    assert_eq!(labels_of(&named), ["left", "others[0]", "others[1]"]);
    assert_eq!(edge_count(&named), 3);
}

#[derive(Trace)]
struct Tuple(Gc<u8>, String, (Gc<u8>, Gc<u8>));

#[test]
fn tuple_fields_are_numbered() {
    let tuple = Tuple(object(), String::new(), (object(), object()));
    assert_eq!(labels_of(&tuple), ["0", "2.0", "2.1"]);
    assert_eq!(edge_count(&tuple), 3);
}

#[derive(Trace)]
struct Unit;

#[derive(Trace)]
struct Empty {}

#[derive(Trace)]
enum Never {}

#[test]
fn types_without_fields_have_no_edges() {
    assert_eq!(edge_count(&Unit), 0);
    assert_eq!(edge_count(&Empty {}), 0);
    assert_eq!(edge_count::<Option<Never>>(&None), 0);
}

#[derive(Trace)]
enum Choice<T> {
    Nothing,
    One(T),
    Two(T, Gc<T>),
    Struct { own: T, shared: Gc<T>, count: usize },
    Count(usize),
}

#[test]
fn variants_are_part_of_the_label() {
    assert!(labels_of(&Choice::<Gc<u8>>::Nothing).is_empty());
    assert!(labels_of(&Choice::<Gc<u8>>::Count(1)).is_empty());
    assert_eq!(labels_of(&Choice::One(object())), ["One.0"]);
    assert_eq!(labels_of(&Choice::Two(object(), Gc::new(object()))), ["Two.0", "Two.1"]);
    let full = Choice::Struct { own: object(), shared: Gc::new(object()), count: 1 };
    assert_eq!(labels_of(&full), ["Struct.own", "Struct.shared"]);
    assert_eq!(edge_count(&full), 2);
}

#[derive(Trace)]
enum Single {
    Only(Gc<u8>),
}

#[test]
fn an_enum_of_one_variant_is_traced() {
    assert_eq!(labels_of(&Single::Only(object())), ["Only.0"]);
}

#[derive(Trace)]
struct Nested {
    inner: Named,
    table: BTreeMap<u8, Named>,
}

#[test]
fn labels_lead_through_nested_values() {
    let named =
        || Named { left: object(), right: None, number: 1, others: RefCell::new(vec![object()]) };
    let nested = Nested { inner: named(), table: BTreeMap::from([(1, named())]) };
    assert_eq!(
        labels_of(&nested),
        ["inner.left", "inner.others[0]", "table[0].value.left", "table[0].value.others[0]"],
    );
}

#[derive(Trace)]
struct Wide {
    a: Gc<u8>,
    b: Gc<u8>,
    c: Gc<u8>,
    d: Gc<u8>,
    e: Gc<u8>,
    f: Gc<u8>,
    g: Gc<u8>,
    h: Gc<u8>,
    i: Gc<u8>,
    j: Gc<u8>,
    k: Gc<u8>,
    l: Gc<u8>,
    m: Gc<u8>,
    n: Gc<u8>,
    o: Gc<u8>,
    p: Gc<u8>,
    q: Gc<u8>,
}

#[test]
fn any_number_of_fields_is_traced_in_order() {
    let wide = Wide {
        a: object(),
        b: object(),
        c: object(),
        d: object(),
        e: object(),
        f: object(),
        g: object(),
        h: object(),
        i: object(),
        j: object(),
        k: object(),
        l: object(),
        m: object(),
        n: object(),
        o: object(),
        p: object(),
        q: object(),
    };
    let letters: Vec<String> = ('a'..='q').map(String::from).collect();
    assert_eq!(labels_of(&wide), letters);
    assert_eq!(edge_count(&wide), 17);
}

#[derive(Trace)]
struct Generic<'a, T: Clone, const N: usize>
where
    Vec<T>: Default,
{
    values: [T; N],
    borrowed: &'a str,
    target: Option<Gc<Generic<'static, T, N>>>,
}

#[test]
fn parameters_of_all_kinds_and_where_clauses_are_kept() {
    let value = Generic::<Gc<u8>, 2> { values: [object(), object()], borrowed: "", target: None };
    assert_eq!(labels_of(&value), ["values[0]", "values[1]"]);
}

#[derive(Trace)]
struct Defaults<T = Gc<u8>, const N: usize = 1>([T; N]);

#[test]
fn defaults_of_parameters_are_allowed() {
    let value: Defaults = Defaults([object()]);
    assert_eq!(labels_of(&value), ["0[0]"]);
}

#[derive(Trace)]
struct Tail<T: ?Sized> {
    head: Gc<u8>,
    tail: T,
}

#[test]
fn a_type_with_an_unsized_tail_is_traced() {
    let tail: Box<Tail<[Gc<u8>]>> = Box::new(Tail { head: object(), tail: [object(), object()] });
    assert_eq!(labels_of(&*tail), ["head", "tail[0]", "tail[1]"]);
    assert_eq!(edge_count(&*tail), 3);
}

trait Shape: Trace {
    fn name(&self) -> &'static str;
}

#[derive(Trace)]
struct Circle(Gc<u8>);

impl Shape for Circle {
    fn name(&self) -> &'static str {
        "circle"
    }
}

#[test]
fn a_trait_object_is_traced_through_its_supertrait() {
    let shape: Box<dyn Shape> = Box::new(Circle(object()));
    assert_eq!(shape.name(), "circle");
    assert_eq!(labels_of(&shape), ["0"]);
    assert_eq!(edge_count(&shape), 1);
}

struct Constants<A, B>(A, B);

impl<A, B> Constants<A, B> {
    const THREE: u8 = 3;
    const FOUR: u8 = 4;
}

/// Shifts, comparisons and generic paths where a comma may or may not end them.
#[derive(Trace)]
#[repr(u8)]
enum Numbered {
    Shifted(Gc<u8>) = 1 << 4,
    Generic {
        own: Gc<u8>,
    } = Constants::<u8, Vec<(u8, u16)>>::THREE,
    Qualified = <Constants<u8, u16>>::FOUR,
    Block(Gc<u8>) = { 3 + 4 },
    Compared = (2 < 3) as u8,
    #[trace(skip)]
    Last(Gc<u8>, std::thread::ThreadId) = 0xff >> 1,
}

#[test]
fn discriminants_are_passed_over() {
    assert_eq!(labels_of(&Numbered::Shifted(object())), ["Shifted.0"]);
    assert_eq!(labels_of(&Numbered::Generic { own: object() }), ["Generic.own"]);
    assert_eq!(labels_of(&Numbered::Block(object())), ["Block.0"]);
    let id = std::thread::current().id();
    let none = [Numbered::Qualified, Numbered::Compared, Numbered::Last(object(), id)];
    assert!(none.iter().all(|value| edge_count(value) == 0));
}

/// Arrows, restricted visibilities, and a tuple that looks like one.
#[derive(Trace)]
pub(crate) struct Odd<T: Fn(u8) -> Vec<u8>, const N: usize = { 1 + 1 }>(
    pub (Gc<u8>, u8),
    pub(in crate::shapes) fn(u8) -> Vec<(u8, T)>,
    pub(self) std::marker::PhantomData<dyn Fn(u8) -> [Gc<T>; 1 + 2]>,
    #[doc(hidden)] pub(super) [Gc<u8>; N],
    <Vec<Gc<u8>> as IntoIterator>::IntoIter,
)
where
    T: Clone + Fn(u8) -> Vec<u8>,
    [u8; N]: Sized;

#[test]
fn types_and_visibilities_are_told_apart() {
    let odd: Odd<fn(u8) -> Vec<u8>> = Odd(
        (object(), 1),
        |_| Vec::new(),
        std::marker::PhantomData,
        [object(), object()],
        vec![object()].into_iter(),
    );
    assert_eq!(labels_of(&odd), ["0.0", "3[0]", "3[1]", "4[0]"]);
    assert!((odd.1)(1).is_empty());
}
