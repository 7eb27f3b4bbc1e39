//! Every word of `#[trace(...)]`.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::__private::{edge_count, labels_of};
use gcycle::{Acyclic, Finalize, Gc, Trace, Tracer};

fn object() -> Gc<u8> {
    Gc::new(0)
}

/// A type of another crate: not `Trace`.
struct Foreign;

/// A foreign container, with a function that knows how to trace it.
struct Slots(Vec<Option<Gc<u8>>>);

/// # Safety
///
/// None; that it is unsafe shows that such functions are accepted.
unsafe fn trace_slots(slots: &Slots, tracer: &mut Tracer<'_>) {
    slots.0.trace(tracer);
}

fn trace_slots_safely(slots: &Slots, tracer: &mut Tracer<'_>) {
    slots.0.trace(tracer);
}

fn trace_any<T: Trace>(slots: &[T], tracer: &mut Tracer<'_>) {
    slots.trace(tracer);
}

#[derive(Trace)]
struct Skips {
    #[trace(skip)]
    foreign: Foreign,
    #[trace(skip)]
    held: Gc<u8>,
    seen: Gc<u8>,
}

#[derive(Trace)]
enum SkipsVariants {
    #[trace(skip)]
    Foreign(Foreign, Gc<u8>),
    Own(Gc<u8>),
}

#[test]
fn skipped_fields_and_variants_are_not_traced() {
    let skips = Skips { foreign: Foreign, held: object(), seen: object() };
    assert_eq!(labels_of(&skips), ["seen"]);
    assert_eq!(edge_count(&skips), 1);
    assert_eq!(edge_count(&SkipsVariants::Foreign(Foreign, object())), 0);
    assert_eq!(edge_count(&SkipsVariants::Own(object())), 1);
}

#[derive(Trace)]
struct TracedByHand {
    before: Gc<u8>,
    // SAFETY: the slots are the only owner of their handles; each is reported once.
    #[trace(unsafe_with = trace_slots)]
    slots: Slots,
    // SAFETY: as above.
    #[trace(unsafe_with = self::trace_slots_safely, name = "spare slots")]
    spare: Slots,
    // SAFETY: as above.
    #[trace(unsafe_with = trace_any::<Gc<u8>>)]
    exact: Vec<Gc<u8>>,
}

#[derive(Trace)]
enum VariantTracedByHand {
    Slots(
        // SAFETY: as above.
        #[trace(unsafe_with = trace_slots)] Slots,
        Gc<u8>,
    ),
}

#[test]
fn a_function_can_trace_a_field() {
    let slots = || Slots(vec![None, Some(object()), Some(object())]);
    let value =
        TracedByHand { before: object(), slots: slots(), spare: slots(), exact: vec![object()] };
    assert_eq!(edge_count(&value), 6);
    assert_eq!(
        labels_of(&value),
        ["before", "slots", "slots", "spare slots", "spare slots", "exact"],
    );
    assert!(TracedByHand::tracked());
    let value = VariantTracedByHand::Slots(slots(), object());
    assert_eq!(labels_of(&value), ["Slots.1", "Slots.0", "Slots.0"]);
}

/// Tells the collector what it holds, and heap tools nothing more.
struct ByHand {
    first: Gc<u8>,
    inner: Vec<TracedByHand>,
    last: Gc<u8>,
}

// SAFETY: each handle is owned by the value alone and reported once.
unsafe impl Trace for ByHand {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.first.trace(tracer);
        for inner in &self.inner {
            inner.trace(tracer);
        }
        self.last.trace(tracer);
    }
}

#[derive(Trace)]
struct HoldsByHand {
    by_hand: Vec<ByHand>,
}

#[test]
fn a_trace_by_hand_that_names_nothing_passes_on_the_names_of_what_derives_it() {
    let slots = || Slots(vec![Some(object())]);
    let inner =
        TracedByHand { before: object(), slots: slots(), spare: slots(), exact: Vec::new() };
    let by_hand = ByHand { first: object(), inner: vec![inner], last: object() };
    let value = HoldsByHand { by_hand: vec![by_hand] };
    assert_eq!(edge_count(&value), 5);
    assert_eq!(
        labels_of(&value),
        [
            "by_hand[0]",
            "by_hand[0].before",
            "by_hand[0].slots",
            "by_hand[0].spare slots",
            "by_hand[0]"
        ],
    );
    assert_eq!(labels_of(&value.by_hand[0]), ["", "before", "slots", "spare slots", ""]);
}

#[derive(Trace)]
#[trace(name = "dom::Node")]
struct Renamed {
    #[trace(name = "next sibling")]
    next: Gc<u8>,
}

#[derive(Trace)]
enum RenamedInVariant {
    Child(#[trace(name = "child")] Gc<u8>),
}

#[test]
fn names_reach_the_heap_tools() {
    assert_eq!(labels_of(&Renamed { next: object() }), ["next sibling"]);
    assert_eq!(labels_of(&RenamedInVariant::Child(object())), ["child"]);
    assert_eq!(<Renamed as Trace>::type_name(), "dom::Node");
    assert!(<RenamedInVariant as Trace>::type_name().ends_with("RenamedInVariant"));
}

#[derive(Trace)]
#[trace(finalize)]
struct Noisy {
    log: Rc<str>,
    #[trace(skip)]
    counter: Rc<RefCell<u32>>,
    next: RefCell<Option<Gc<Noisy>>>,
}

impl Finalize for Noisy {
    fn finalize(&self) {
        *self.counter.borrow_mut() += 1;
    }
}

#[derive(Trace)]
#[trace(finalize)]
struct GenericNoisy<T: Trace>(T);

impl<T: Trace> Finalize for GenericNoisy<T> {
    fn finalize(&self) {}
}

#[test]
fn only_types_that_ask_for_it_have_a_finalizer() {
    assert!(Noisy::finalizer().is_some());
    assert!(GenericNoisy::<u8>::finalizer().is_some());
    assert!(Renamed::finalizer().is_none());
}

fn is_acyclic<T: Acyclic>() {}

#[derive(Trace)]
#[trace(acyclic)]
struct Text {
    content: String,
    font: Gc<Font>,
    shared: Rc<Font>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Font {
    name: String,
}

#[derive(Trace)]
#[trace(acyclic)]
enum Formula {
    Number(f64),
    Name(Gc<Font>),
    Sum(Box<Formula>, Vec<Formula>),
}

#[derive(Trace)]
#[trace(acyclic)]
struct Both<T>(T, Gc<T>);

#[test]
fn acyclic_types_are_checked_and_not_tracked() {
    is_acyclic::<Text>();
    is_acyclic::<Formula>();
    is_acyclic::<Both<String>>();
    is_acyclic::<Rc<Formula>>();
    assert!(!Text::tracked() && !Formula::tracked() && !Both::<Font>::tracked());
    // Heap tools see the edges nevertheless.
    let text = Text {
        content: String::new(),
        font: Gc::new(Font { name: String::new() }),
        shared: Rc::new(Font { name: String::new() }),
    };
    assert_eq!(labels_of(&text), ["font"]);
}

#[derive(Trace)]
struct HasAcyclicFields<T> {
    #[trace(acyclic)]
    font: Gc<Font>,
    #[trace(acyclic)]
    value: T,
    next: Option<Gc<HasAcyclicFields<T>>>,
}

#[derive(Trace)]
enum HasAcyclicVariant {
    Style(#[trace(acyclic)] Gc<Font>, Gc<u8>),
}

#[test]
fn acyclic_fields_are_checked_and_not_traced() {
    let font = || Gc::new(Font { name: String::new() });
    let value = HasAcyclicFields { font: font(), value: String::new(), next: None };
    assert_eq!(edge_count(&value), 0);
    assert_eq!(labels_of(&HasAcyclicVariant::Style(font(), object())), ["Style.1"]);
}

#[derive(Trace)]
// Its `Drop` looks at no `Gc`.
#[trace(unsafe_drop)]
struct Guarded<T: Trace> {
    log: Rc<str>,
    value: T,
}

impl<T: Trace> Drop for Guarded<T> {
    fn drop(&mut self) {}
}

#[derive(Trace)]
struct CanBeTakenApart {
    left: Gc<u8>,
    right: String,
}

#[test]
fn fields_can_be_moved_out_since_nothing_implements_drop() {
    let CanBeTakenApart { left, right } =
        CanBeTakenApart { left: object(), right: String::from("right") };
    assert_eq!((*left, right.as_str()), (0, "right"));
}

mod reexport {
    pub(super) mod inner {
        pub(in super::super) use gcycle as runtime;
    }
}

#[derive(Trace)]
#[trace(crate = reexport::inner::runtime)]
#[trace(finalize, name = "elsewhere")]
struct Elsewhere<T> {
    own: T,
    // SAFETY: as above.
    #[trace(unsafe_with = trace_slots)]
    slots: Slots,
    #[trace(acyclic)]
    leaf: Box<str>,
}

impl<T> Finalize for Elsewhere<T> {
    fn finalize(&self) {}
}

#[test]
fn the_crate_can_be_reached_by_another_path() {
    let value = Elsewhere { own: object(), slots: Slots(vec![]), leaf: "".into() };
    assert_eq!(labels_of(&value), ["own"]);
}

#[derive(Trace)]
#[trace(name = "split", finalize)]
// Its `Drop` looks at no `Gc`.
#[trace(unsafe_drop)]
#[trace(bound = "T: Trace")]
struct SplitAttributes<T>(#[trace(name = "one")] T);

impl<T> Finalize for SplitAttributes<T> {
    fn finalize(&self) {}
}

#[test]
fn attributes_can_be_split_over_several_lines() {
    assert_eq!(SplitAttributes::<u8>::type_name(), "split");
    assert_eq!(labels_of(&SplitAttributes(object())), ["one"]);
}
