//! [`Closure`]: a callback whose captures the collector sees.
//!
//! The most common leak in programs with `Rc` is a listener that captures the object it
//! is registered with: button → listener → window → button. Only the compiler knows the
//! captures of a Rust closure, so no collector can see such a cycle. Here the captures
//! are a value of their own, next to a function that captures nothing.

use core::fmt;

use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizers::has_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::trace::untraced::Untraced;

/// A callback whose captures are traced. It consists of the value `captures` and a
/// function that receives this value by reference with each call.
///
/// A non-capturing Rust closure coerces to that function, so a listener looks almost like
/// an ordinary closure. Several arguments are passed as a tuple. To keep callbacks with
/// different captures in one place, use [`Call`]: `Gc<dyn Call<Args, R>>`, or
/// `Box<dyn Call<Args, R>>`.
///
/// A plain `Box<dyn Fn()>` in a field with `#[trace(skip)]`, or a
/// [`Gc<dyn Fn()>`](crate::Gc::new_untraced), works too, but the collector does not see
/// its captures: a captured `Gc` keeps its target alive as long as the box exists, and a
/// cycle through it leaks, as it would with `Rc`.
///
/// # Examples
///
/// ```
/// use std::cell::{Cell, RefCell};
/// use gcycle::{Call, Closure, Gc, Trace, gc, unsize};
///
/// #[derive(Trace)]
/// struct Button {
///     clicks: Cell<u32>,
///     on_click: RefCell<Vec<Gc<dyn Call<u32, ()>>>>,
/// }
///
/// let button = Gc::new(Button { clicks: Cell::new(0), on_click: RefCell::default() });
/// let listener = Gc::new(Closure::new(button.clone(), |button: &Gc<Button>, times: u32| {
///     button.clicks.set(button.clicks.get() + times);
/// }));
/// button.on_click.borrow_mut().push(unsize!(listener => dyn Call<u32, ()>));
///
/// for listener in &*button.on_click.borrow() {
///     listener.call(2);
/// }
/// assert_eq!(button.clicks.get(), 2);
///
/// drop(button);
/// assert_eq!(gc::collect(), 2, "the button and its listener, which captured the button");
/// ```
pub struct Closure<C, Args, R> {
    captures: C,
    function: fn(&C, Args) -> R,
}

impl<C, Args, R> Closure<C, Args, R> {
    /// Makes a callback that calls `function` with `captures`.
    pub const fn new(captures: C, function: fn(&C, Args) -> R) -> Self {
        Closure { captures, function }
    }

    /// Calls the function.
    #[inline]
    pub fn call(&self, args: Args) -> R {
        (self.function)(&self.captures, args)
    }

    /// The captures.
    pub const fn captures(&self) -> &C {
        &self.captures
    }

    /// Gives up the callback and returns its captures.
    pub fn into_captures(self) -> C {
        self.captures
    }
}

impl<C: Clone, Args, R> Clone for Closure<C, Args, R> {
    fn clone(&self) -> Self {
        Closure { captures: self.captures.clone(), function: self.function }
    }
}

impl<C: Copy, Args, R> Copy for Closure<C, Args, R> {}

impl<C: fmt::Debug, Args, R> fmt::Debug for Closure<C, Args, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Closure").field(&self.captures).finish()
    }
}

// SAFETY: the captures are owned by the closure alone and traced once, and only
// dropped; a function pointer owns nothing. `C` keeps the contract for the rest.
unsafe impl<C: Trace, Args, R> Trace for Closure<C, Args, R> {
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
    fn drops_quietly(ask: Ask) -> bool {
        C::drops_quietly(ask)
    }

    #[inline]
    fn traces_plainly(ask: Ask) -> bool {
        C::traces_plainly(ask)
    }

    #[inline]
    fn has_finalizers(ask: Ask) -> bool {
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

impl<C: Acyclic, Args, R> Acyclic for Closure<C, Args, R> {}

impl<C, Args, R> Owns for Closure<C, Args, R> {
    type Owned = IsAcyclic<Self>;
}

/// Callbacks of any kind that take the same arguments: [`Closure`]s, and Rust
/// closures in [`Untraced`].
///
/// ```
/// use gcycle::{Call, Closure, Gc, Untraced, unsize};
///
/// let listeners: [Gc<dyn Call<i32, i32>>; 2] = [
///     unsize!(Gc::new(Closure::new(3, |n, m| n * m)) => dyn Call<i32, i32>),
///     unsize!(Gc::new(Untraced(|m| 3 + m)) => dyn Call<i32, i32>),
/// ];
/// assert_eq!(listeners.map(|listener| listener.call(4)), [12, 7]);
/// ```
pub trait Call<Args, R>: Trace {
    /// Calls the function.
    fn call(&self, args: Args) -> R;
}

impl<C: Trace, Args, R> Call<Args, R> for Closure<C, Args, R> {
    fn call(&self, args: Args) -> R {
        Closure::call(self, args)
    }
}

impl<F: Fn(Args) -> R, Args, R> Call<Args, R> for Untraced<F> {
    fn call(&self, args: Args) -> R {
        (self.0)(args)
    }
}

impl<Args, R> fmt::Debug for dyn Call<Args, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Call")
    }
}
