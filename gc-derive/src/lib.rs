//! `#[derive(Trace)]` for `gcycle`, which re-exports and documents it as
//! `gcycle::Trace`.
//!
//! The derive is a pipeline: `parse` reads the definition, `ast` makes a model of it,
//! `check` checks the model for contradictions, `expand` turns it into implementations.
//! If anything was wrong, all errors are reported at once, and `fallback` takes the place
//! of the implementations.

use proc_macro2::TokenStream;

use crate::ast::Container;
use crate::diag::Errors;

mod acyclic;
mod advice;
mod ast;
mod attr;
mod body;
mod bound;
mod check;
mod cursor;
mod diag;
mod expand;
#[cfg(test)]
mod expansions;
mod fallback;
mod finalizers;
mod movable;
mod parse;
mod quiet;
mod shared;
mod spelling;
mod tracked;
mod ty;

/// Implements the trait `Trace`, so that the collector sees what a type owns.
///
/// ```
/// use std::cell::RefCell;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// struct Person {
///     name: String,
///     friends: RefCell<Vec<Gc<Person>>>,
/// }
///
/// let ada = Gc::new(Person { name: "Ada".into(), friends: RefCell::default() });
/// let bob = Gc::new(Person { name: "Bob".into(), friends: RefCell::default() });
/// ada.friends.borrow_mut().push(bob.clone());
/// bob.friends.borrow_mut().push(ada.clone());
///
/// drop((ada, bob));
/// assert_eq!(gcycle::gc::collect(), 2);
/// ```
///
/// It works for structs and enums of every shape, with any generic parameters. Every
/// field must be `Trace`. Types of std are; for a type of another crate use
/// [`skip`](#skip), a feature of `gcycle`, or `Untraced<_>`.
///
/// A type that derives `Trace` cannot implement `Drop`, because `drop` could look at a
/// neighbour in a cycle that is already gone. Use [`finalize`](#finalize) instead. To implement
/// `Finalize` without that word is an error, since it would never run.
///
/// # Attributes
///
/// | word | on the type | on a variant | on a field |
/// |---|---|---|---|
/// | [`skip`](#skip) | | leaves the variant out | leaves the field out |
/// | [`finalize`](#finalize) | runs `Finalize` before an object dies | | |
/// | [`acyclic`](#acyclic) | checks that no cycle leads through it | | checks its type, and leaves it out |
/// | [`shared`](#shared) | lets threads share its values in a `sync::Gc` | | |
/// | [`movable`](#movable) | lets its values move to another thread with their heap | | |
/// | [`name`](#name) | sets the name in heap tools | | sets the name in heap tools |
/// | [`describe`](#describe) | shows its values as text in heap tools | | |
/// | [`bound`](#bound) | replaces all inferred bounds | | replaces those of the field |
/// | [`crate`](#crate) | gives the path of `gcycle` | | |
/// | [`unsafe_with`](#unsafe_with) | | | traces the field with a function |
/// | [`unsafe_drop`](#unsafe_drop) | allows `Drop` | | |
///
/// You can write several words in one attribute, as in
/// `#[trace(finalize, name = "file")]`, or one attribute for each.
///
/// ## `skip`
///
/// Leaves a field or a variant out: it is not traced and need not be `Trace`. Use it for
/// types of other crates. It is safe for any type: a `Gc` inside keeps its target alive,
/// and a cycle that leads through it is not found.
///
/// ```
/// use std::thread::JoinHandle;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// struct Job {
///     next: Option<Gc<Job>>,
///     #[trace(skip)]
///     thread: Option<JoinHandle<u32>>,
/// }
///
/// #[derive(Trace)]
/// enum Task {
///     Waiting(Gc<Job>),
///     #[trace(skip)]
///     Running(JoinHandle<u32>),
/// }
///
/// let job = Gc::new(Job { next: None, thread: None });
/// let _ = Gc::new(Task::Waiting(job));
/// ```
///
/// ## `finalize`
///
/// Calls [`Finalize::finalize`] once before an object dies, whether its count reached
/// zero or the collector found its cycle. Everything that the object refers to is still
/// intact at that point. Use it where you would use `Drop`. A value that lies in an object, in a
/// field or a container, is finalized with that object; [`Finalize`] says where.
///
/// ```
/// use gcycle::{Finalize, Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(finalize)]
/// struct Session {
///     user: Gc<String>,
/// }
///
/// impl Finalize for Session {
///     fn finalize(&self) {
///         println!("{} leaves", *self.user);
///     }
/// }
///
/// drop(Gc::new(Session { user: Gc::new("Ada".into()) })); // prints "Ada leaves"
/// ```
///
/// ## `acyclic`
///
/// On a type: checks that no `Gc` that its values own leads back to such a value,
/// implements `Acyclic` for the type, and makes the collector skip its objects. Use it for a
/// type that owns only `Gc`s to plain data, and for a type that is to go into an `Rc` or
/// `Arc`. A type without parameters whose fields are plain data, such as numbers, `String`s
/// and function pointers, is `Acyclic` without the attribute. And for the collector to skip
/// its objects, a type that owns no `Gc` at all does not need it: the derive detects that.
///
/// On a field: checks that the field's type is `Acyclic`, and does not trace the field.
///
/// ```
/// use std::rc::Rc;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(acyclic)]
/// struct Font {
///     family: Gc<String>,
///     fallback: Option<Box<Font>>,
/// }
///
/// #[derive(Trace)]
/// struct Element {
///     parent: Option<Gc<Element>>,
///     #[trace(acyclic)]
///     font: Gc<Font>,
///     shared: Rc<Font>,
/// }
///
/// let font = || Font { family: Gc::new("serif".into()), fallback: None };
/// let element = Element { parent: None, font: Gc::new(font()), shared: Rc::new(font()) };
/// assert!(!gcycle::gc::is_tracked(&element.font));
/// assert!(gcycle::gc::is_tracked(&Gc::new(element)));
/// ```
///
/// The types may be recursive, alone or through each other, as those of syntax trees are.
/// They may own themselves through an `Rc` or a reference too:
///
/// ```
/// use std::rc::Rc;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(acyclic)]
/// enum Expression {
///     Name(Gc<str>),
///     Sum(Rc<(Expression, Expression)>),
///     Block(Vec<Statement>),
/// }
///
/// #[derive(Trace)]
/// #[trace(acyclic)]
/// struct Statement {
///     value: Box<Expression>,
///     next: Option<Rc<Statement>>,
/// }
///
/// let name = Expression::Name(Gc::from("x"));
/// let _ = Gc::new(Statement { value: Box::new(name), next: None });
/// ```
///
/// Two generic types that own each other are an exception: the compiler reports an overflow.
///
/// A type that can lead back to itself through a `Gc` is rejected. If it does so through
/// other types, the compiler reports an overflow at each field on the way, which says
/// `NoGcLeadsBackTo` and the name of the type.
///
/// ```compile_fail
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(acyclic)]
/// struct Element {
///     parent: Option<Gc<Element>>,
/// }
/// ```
///
/// ## `shared`
///
/// Implements `gcycle::sync::Shared` (feature `sync`), which a value needs to be in a `sync::Gc`.
/// Every field that is traced must be `Shared` too. The type cannot have fields with `unsafe_with`. Its
/// finalizers run on whichever thread drops the last handle, or collects.
///
/// ## `movable`
///
/// Implements `gcycle::Movable` (feature `isolates`), which a value needs to move to another thread
/// together with the heap that it lies in. Every field that is traced must be `Movable` too, and
/// every field that is left out, by `skip` or by `acyclic`, must be `Send`: an `Rc` that something else
/// on the old thread may share is refused, and so is a handle, which may lead out of the heap. A function
/// of `unsafe_with` must report every handle that the field owns, weak ones too. The type may be recursive, have finalizers, and be `acyclic` or `shared`.
///
/// ## `name`
///
/// The name that heap tools show for a type or for the edges of a field. Use it where the
/// name in the source would not help someone reading a heap dump. It costs nothing unless
/// a snapshot is taken.
///
/// ```
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(name = "lox::Instance")]
/// struct Obj {
///     #[trace(name = "class")]
///     klass: Gc<String>,
/// }
///
/// let object = Gc::new(Obj { klass: Gc::new("Point".into()) });
/// assert_eq!(gcycle::gc::get_objects(None)[0].type_name(), "lox::Instance");
/// # drop(object);
/// ```
///
/// ## `describe`
///
/// Shows the values of the type as text in heap tools, by their `Display` or by a function. It
/// runs only while a program takes a snapshot with texts (`HeapSnapshot::capture_with_texts` or that of
/// `SharedSnapshot`, feature `inspect`), and never in a collection; no more than 100 characters are taken. The
/// code may do anything. If it panics, the text is `(panicked)`.
///
/// ```
/// use std::fmt;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(describe)]
/// struct User {
///     name: String,
///     friends: Vec<Gc<User>>,
/// }
///
/// impl fmt::Display for User {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str(&self.name)
///     }
/// }
///
/// #[derive(Trace)]
/// #[trace(describe = describe_order)]
/// struct Order {
///     number: u32,
///     by: Gc<User>,
/// }
///
/// fn describe_order(order: &Order, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///     write!(f, "#{} by {}", order.number, order.by)
/// }
///
/// let ada = Gc::new(User { name: "Ada".into(), friends: Vec::new() });
/// let _ = Gc::new(Order { number: 7, by: ada });
/// ```
///
/// ## `bound`
///
/// Replaces the inferred where-predicates, of one field or of the whole type. Without it,
/// the derive infers:
///
/// * `T: Trace` for a field of type `T`, or for a container of std that holds a `T`;
/// * nothing for `Gc<T>`, `Weak<T>`, `PhantomData<T>` and functions, nor for the type itself;
/// * `Type<T>: Trace` for any other type that mentions a parameter.
///
/// Use `bound` if that requires too much or too little, for a type that is written as a
/// macro, and if the compiler reports an overflow: bounds cannot be inferred for generic
/// types that own each other without a `Gc` between them.
///
/// ```
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(bound = "T: Trace")]
/// struct Statement<T> {
///     span: T,
///     value: Option<Box<Expression<T>>>,
/// }
///
/// #[derive(Trace)]
/// struct Expression<T> {
///     block: Vec<Statement<T>>,
/// }
///
/// let _ = Gc::new(Expression::<Gc<u32>> { block: Vec::new() });
/// ```
///
/// With `bound` on a field, the predicates of the other fields are still inferred:
///
/// ```
/// use gcycle::{Gc, Trace};
///
/// macro_rules! pair {
///     ($value:ty) => { ($value, $value) };
/// }
///
/// #[derive(Trace)]
/// struct Edge<T, L> {
///     #[trace(bound = "T: Trace")]
///     ends: pair!(Gc<T>),
///     label: L, // `L: Trace`
/// }
///
/// let _ = Gc::new(Edge { ends: (Gc::new(1), Gc::new(2)), label: "road" });
/// ```
///
/// ## `crate`
///
/// The path of this crate, if it is not `::gcycle`. Use it if the dependency is renamed,
/// or in a macro of a crate that re-exports this one.
///
/// ```
/// mod prelude {
///     pub use gcycle as heap;
/// }
///
/// #[derive(prelude::heap::Trace)]
/// #[trace(crate = prelude::heap)]
/// struct Point(f64, f64);
///
/// let _ = prelude::heap::Gc::new(Point(0.0, 1.0));
/// ```
///
/// ## `unsafe_with`
///
/// Traces a field with a function, safe or unsafe, that takes a reference to the field
/// and a `Tracer`. Use it for a container of another crate whose contents the collector
/// must see. The function must satisfy the same contract as a hand-written `Trace`: it
/// reports each `Gc` that the field owns at most once, reports none that something else
/// owns, and does nothing else.
///
/// ```
/// use gcycle::{Gc, Trace, Tracer};
/// # mod other {
/// #     pub struct Slots<T>(pub Vec<T>);
/// #     impl<T> Slots<T> {
/// #         pub fn iter(&self) -> impl Iterator<Item = &T> { self.0.iter() }
/// #     }
/// # }
///
/// fn trace_slots<T: Trace>(slots: &other::Slots<T>, tracer: &mut Tracer<'_>) {
///     for value in slots.iter() {
///         value.trace(tracer);
///     }
/// }
///
/// #[derive(Trace)]
/// struct Table {
///     // SAFETY: the slots own their values, and each is traced once.
///     #[trace(unsafe_with = trace_slots)]
///     rows: other::Slots<Gc<Table>>,
/// }
///
/// let _ = Gc::new(Table { rows: other::Slots(Vec::new()) });
/// ```
///
/// ## `unsafe_drop`
///
/// Allows the type to implement `Drop`. Use it if the value owns something that must be
/// given back by value, so that `Finalize` is not enough. You promise that `drop` does
/// not dereference, clone or downgrade a `Gc` of a field that is traced: the object that
/// it refers to may be gone.
///
/// ```
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(unsafe_drop)]
/// struct Buffer {
///     next: Option<Gc<Buffer>>,
///     bytes: Vec<u8>,
/// }
///
/// impl Drop for Buffer {
///     fn drop(&mut self) {
///         self.bytes.fill(0);
///     }
/// }
///
/// drop(Gc::new(Buffer { next: None, bytes: vec![1, 2, 3] }));
/// ```
///
/// # Unsafe code
///
/// The derive writes an `unsafe impl` and guarantees that it is sound, so a crate that
/// forbids `unsafe_code` can use it. `unsafe_with` and `unsafe_drop` are promises that
/// you make, so the lint `unsafe_code` reports them, at the word. In a crate that denies
/// the lint, allow it on the type:
///
/// ```
/// #![deny(unsafe_code)]
///
/// use gcycle::Trace;
///
/// #[derive(Trace)]
/// #[trace(unsafe_drop)]
/// #[allow(unsafe_code, reason = "its `Drop` looks at no `Gc`")]
/// struct Buffer(Vec<u8>);
///
/// impl Drop for Buffer {
///     fn drop(&mut self) {
///         self.0.fill(0);
///     }
/// }
/// ```
///
/// The lints that a type allows or expects are also allowed in its derived code. Clippy's
/// `undocumented_unsafe_blocks` wants a `// SAFETY:` comment above `unsafe_with`.
///
/// # What is tracked
///
/// The collector never examines objects of a type that owns no `Gc`. For a type without
/// type parameters the compiler decides whether it does, however recursive the type is. A
/// generic type also asks its parameters, and counts as tracked if it mentions one in a
/// type that is not from std. `Weak` handles do not make a type tracked. The answer is a
/// constant.
///
/// # Coming from another collector
///
/// The derive recognises the attributes of `gc`, `boa_gc`, `gc-arena`, `rust-cc`,
/// `gcmodule`, `dumpster`, `shredder` and `zerogc`, and the error names the equivalent
/// word. A type therefore cannot derive both their trait and ours.
///
/// [`Finalize`]: https://docs.rs/gcycle/latest/gcycle/trait.Finalize.html
/// [`Finalize::finalize`]: https://docs.rs/gcycle/latest/gcycle/trait.Finalize.html
#[proc_macro_derive(
    Trace,
    attributes(
        trace,
        boa_gc,
        collect,
        dumpster,
        ignore_trace,
        rust_cc,
        shredder,
        unsafe_ignore_trace,
        zerogc,
    )
)]
pub fn derive_trace(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input.into()).into()
}

/// Parse, check, expand.
fn derive(input: TokenStream) -> TokenStream {
    let Some(input) = parse::parse(input) else {
        return TokenStream::new();
    };
    let mut errors = Errors::default();
    let container = Container::new(&input, &mut errors);
    check::check(&container, &mut errors);
    if errors.is_empty() {
        return expand::expand(&container);
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(fallback::expand(&container));
    tokens
}
