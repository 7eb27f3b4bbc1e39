//! [`Closure`]: a function, and captures that the collector sees.
//!
//! The most common leak in programs with `Rc` is a listener that captures the object it
//! is registered with: button → listener → window → button. Only the compiler knows the
//! captures of a Rust closure, so no collector can see such a cycle. Here the captures
//! are a value of their own, next to a function that owns nothing.

use core::fmt;

use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizers::has_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

/// A callback whose captures are traced: the value `captures`, and a function that receives it
/// by reference before the other arguments.
///
/// This is what [`Gc::new_closure`](crate::Gc::new_closure) moves to the heap; see there for
/// callbacks that are stored and called, such as the listeners of an event bus. You need the
/// type itself only to keep a callback in its owner, or to read the captures again.
///
/// `F` is `Copy`, so it owns no `Gc`: it is a function pointer, or a Rust closure that captures
/// nothing but plain data.
///
/// # Examples
///
/// ```
/// use gcycle::{Closure, Gc, Trace};
///
/// #[derive(Trace)]
/// struct Button {
///     label: Gc<str>,
///     describe: Closure<Gc<str>, fn(&Gc<str>, &str) -> String>,
/// }
///
/// let label: Gc<str> = Gc::from("Save");
/// let button = Button {
///     label: label.clone(),
///     describe: Closure::new(label, |label, verb| format!("{verb} {label}")),
/// };
/// assert_eq!(button.describe.as_fn::<dyn Fn(&str) -> String>()("press"), "press Save");
/// assert!(Gc::ptr_eq(button.describe.captures(), &button.label));
/// ```
#[derive(Clone, Copy)]
pub struct Closure<C, F: Copy> {
    captures: C,
    function: F,
}

impl<C, F: Copy> Closure<C, F> {
    /// Makes a callback that calls `function` with `captures`.
    pub const fn new(captures: C, function: F) -> Self {
        Closure { captures, function }
    }

    /// The captures.
    pub const fn captures(&self) -> &C {
        &self.captures
    }

    /// Gives up the callback and returns its captures.
    pub fn into_captures(self) -> C {
        self.captures
    }

    /// Both parts. A Rust closure that calls this with its own `Closure` captures the whole of
    /// it; one that names the fields would capture them apart.
    #[inline]
    pub(crate) fn parts(&self) -> (&C, F) {
        (&self.captures, self.function)
    }
}

impl<C: fmt::Debug, F: Copy> fmt::Debug for Closure<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Closure").field(&self.captures).finish()
    }
}

// SAFETY: the captures are owned by the closure alone and traced once, and only
// dropped; a function that is `Copy` owns nothing. `C` keeps the contract for the rest.
unsafe impl<C: Trace, F: Copy> Trace for Closure<C, F> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.captures.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.captures.trace_labelled(&mut tracer.field("captures"));
    }

    #[inline]
    fn tracked() -> bool {
        C::tracked()
    }

    #[inline]
    fn reports() -> bool {
        C::reports()
    }

    #[inline]
    fn drops_quietly(ask: impl Ask) -> bool {
        C::drops_quietly(ask)
    }

    #[inline]
    fn traces_plainly(ask: impl Ask) -> bool {
        C::traces_plainly(ask)
    }

    #[inline]
    fn has_finalizers(ask: impl Ask) -> bool {
        C::has_finalizers(ask)
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        has_finalizers::<C>()
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.value(&self.captures);
    }
}

impl<C: Acyclic, F: Copy> Acyclic for Closure<C, F> {}

impl<C, F: Copy> Owns for Closure<C, F> {
    type Owned = IsAcyclic<Self>;
}
