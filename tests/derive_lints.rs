//! Derived code in a crate that forbids every lint it can.
//!
//! `forbid` cannot be lifted, so an `#[allow]` in the expansion would be an error
//! too. `unsafe_code` is among them: the `unsafe impl` that the derive writes is
//! the derive's, while `unsafe_with` and `unsafe_drop` are reported at the word
//! (see `tests/ui/unsafe_code`).

#![forbid(
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_compatibility,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    warnings
)]
#![forbid(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    closure_returning_async_block,
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    if_let_rescope,
    impl_trait_overcaptures,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    missing_unsafe_on_extern,
    non_ascii_idents,
    private_bounds,
    private_interfaces,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    tail_expr_drop_order,
    trivial_bounds,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_attr_outside_unsafe,
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    unstable_features,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(clippy::all, clippy::nursery, clippy::pedantic)]

extern crate alloc;

use alloc::rc::Rc;
use core::cell::RefCell;
use core::fmt;

use gcycle as runtime;
use gcycle::{Finalize, Gc, Trace, Weak};

/// A struct with everything.
#[derive(Trace)]
#[trace(finalize, name = "everything")]
pub struct Everything<'a, T, const N: usize>
where
    T: fmt::Debug + Clone,
{
    /// Public and documented.
    pub array: [T; N],
    text: &'a str,
    next: RefCell<Option<Gc<Self>>>,
    back: Weak<Self>,
    #[trace(skip)]
    skipped: Option<T>,
    #[trace(acyclic)]
    shared: Rc<str>,
}

impl<T: fmt::Debug + Clone, const N: usize> Finalize for Everything<'_, T, N> {
    fn finalize(&self) {}
}

impl<T: fmt::Debug + Clone, const N: usize> fmt::Debug for Everything<'_, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Everything")
            .field("array", &self.array)
            .field("text", &self.text)
            .field("skipped", &self.skipped)
            .field("shared", &self.shared)
            .field("owned", &self.next.borrow().is_some())
            .field("watched", &self.back.upgrade().is_some())
            .finish()
    }
}

/// A private type in the bounds of a public one.
#[derive(Clone, Debug, Trace)]
struct Private<T>(T);

/// A public type with a private one inside.
#[derive(Debug, Trace)]
#[trace(crate = runtime)]
pub struct Public<T> {
    private: Private<T>,
}

/// Acyclic, with a bound that is trivially true.
#[derive(Debug, Trace)]
#[trace(acyclic)]
pub struct Leaf {
    name: String,
    shared: Rc<String>,
}

/// A type that may move to another thread, with each kind of field.
#[cfg(feature = "isolates")]
#[derive(Debug, Trace)]
#[trace(movable)]
pub enum Movable<'a, T, const N: usize>
where
    T: fmt::Debug,
{
    /// Named fields.
    Fields {
        /// Public and documented.
        array: [T; N],
        /// Plain data.
        text: &'a str,
        /// Without a trait for its signature.
        function: fn(&T, &mut T) -> usize,
        /// Not traced.
        #[trace(skip)]
        skipped: Option<T>,
    },
    /// A handle.
    Next(Gc<Self>),
    /// Nothing.
    Empty,
}

/// An enum.
#[derive(Debug, Trace)]
#[trace(acyclic)]
pub enum Formula {
    /// Owns a box.
    Negated(Box<Self>),
    /// Owns a name.
    Name(String),
    /// Owns nothing.
    Zero,
}

#[test]
fn derived_code_raises_no_lint() {
    let everything = Everything {
        array: [Private(1_u8)],
        text: "",
        next: RefCell::new(None),
        back: Weak::new(),
        skipped: None,
        shared: "".into(),
    };
    assert!(format!("{everything:?}").contains("Everything"));
    let public = Public { private: Private(0_u8) };
    assert_eq!(public.private.0, 0);
    assert!(Public::<u8>::tracked(), "it mentions a type parameter");
    assert!(!Leaf::tracked());
    let leaf = Leaf { name: String::new(), shared: Rc::new(String::new()) };
    assert_eq!(leaf.name.len(), leaf.shared.len());
    let formula = Formula::Negated(Box::new(Formula::Name(String::new())));
    assert!(matches!(formula, Formula::Negated(_)));
    assert!(!Formula::tracked(), "{:?}", Formula::Zero);
}
