//! [`Gc::new_closure`]: a `Gc<dyn Fn(&Event)>` whose captures the collector sees.
//!
//! Stable Rust lets nobody implement `Fn` for a type. But a Rust closure that moves one value
//! in, and nothing else, consists of that value. So a [`Closure`], which the collector can
//! trace, can be *taken for* a Rust closure that moved it in, and whose calls the compiler
//! wrote. No lifetime is chosen in this file: what an argument borrows, and for how long, is in
//! the type `dyn Fn(&Event)`, and the compiler checks the function against it.

#![expect(
    coherence_leak_check,
    reason = "`dyn Fn(&A)` and `dyn Fn(A)` are different types, as the warning says it wants to \
              ensure"
)]

use core::ptr::NonNull;

use crate::pointer::closure::Closure;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;

/// The types that callbacks are called as: `dyn Fn(A, B) -> R`, where each argument may also be
/// borrowed, as in `dyn Fn(&Event)` or `dyn Fn(&mut Context, u32) -> bool`.
///
/// It is implemented for up to three arguments in every mixture of `A`, `&A` and `&mut A`, and
/// for up to six that are owned; pass more as one struct. `F` takes `&C` before them. The
/// arguments and the result are `'static` but for what is borrowed in an argument.
///
/// So the type behind the `&` has no lifetime of its own: `&Event` is an argument, and
/// `&Event<'_>` is not. Let the event own its data, or write a trait of your own, such as `trait
/// Listener { fn hear(&self, event: &Event<'_>); }`, and store a `Gc<dyn Listener>`. For a
/// `&dyn Widget`, declare `trait Widget: 'static`: without that it has a lifetime, too.
///
/// ```
/// use std::cell::RefCell;
/// use gcycle::Gc;
///
/// trait Widget: 'static {
///     fn name(&self) -> String;
/// }
///
/// struct Button;
///
/// impl Widget for Button {
///     fn name(&self) -> String {
///         "button".to_owned()
///     }
/// }
///
/// let clicked: Gc<RefCell<Vec<String>>> = Gc::default();
/// let listener = Gc::<dyn Fn(&dyn Widget)>::new_closure(clicked.clone(), |clicked, widget| {
///     clicked.borrow_mut().push(widget.name());
/// });
/// listener(&Button);
/// assert_eq!(*clicked.borrow(), ["button"]);
/// ```
///
/// # Safety
///
/// `callable` returns the address that it was given, with its provenance. Where a `Closure<C, F>`
/// is at that address, a value of the type that the pointer tells is there as well: it may be
/// called as long as the closure may be borrowed, and dropped in its place. Only this library
/// knows that type, so that only it can promise this.
#[diagnostic::on_unimplemented(
    message = "`{F}` with the captures `{C}` is not a callback of the type `{Self}`",
    label = "it cannot be called as `{Self}`",
    note = "the type is `dyn Fn(..) -> ..`, with up to three arguments that are owned or \
            borrowed in any mixture, or up to six that are owned; pass more as one struct",
    note = "the function takes `&{C}` before the arguments of the type, and returns what the \
            type says",
    note = "the type behind the `&` of an argument has no lifetime: for `&dyn Widget` write `trait \
            Widget: 'static`, and in place of `&Event<'_>` an event that owns its data"
)]
pub unsafe trait Callback<C, F>: 'static {
    /// Takes a `Closure<C, F>` for a value of this type.
    #[doc(hidden)]
    fn callable(closure: *const ()) -> *const Self;
}

/// `value`, the address of a `V`, as a pointer to the closure that `wrap` makes by moving a `V`
/// in, and nothing else.
///
/// That closure has the size of the `V`. It also contains one, since a call can borrow it for as
/// long as the closure is borrowed. Therefore the two are the same bytes.
#[inline]
fn taken_for<V, K>(value: *const (), _wrap: impl FnOnce(V) -> K) -> *const K {
    const {
        assert!(
            size_of::<K>() == size_of::<V>() && align_of::<K>() == align_of::<V>(),
            "a closure is as large as the one value that it captures"
        );
    }
    value.cast()
}

/// Implements [`Callback`] for arguments `name: type`.
macro_rules! callbacks {
    ($({$($generics:tt)*} ($($name:ident: $argument:ty),* $(,)?)),* $(,)?) => {$(
        // SAFETY: the Rust closure moves one `Closure` in, and nothing else, so that it is the
        // same bytes; its calls borrow these, and its drop drops them.
        unsafe impl<$($generics)* R: 'static, Captures: 'static, Function> Callback<Captures, Function>
            for dyn Fn($($argument),*) -> R
        where
            Function: Fn(&Captures, $($argument),*) -> R + Copy + 'static,
        {
            #[inline]
            fn callable(closure: *const ()) -> *const Self {
                taken_for(closure, |closure: Closure<Captures, Function>| {
                    move |$($name: $argument),*| {
                        let (captures, function) = closure.parts();
                        function(captures, $($name),*)
                    }
                })
            }
        }
    )*};
}

/// Picks for each argument one of the three ways to pass it.
macro_rules! mixed_callbacks {
    ({$($generics:tt)*} ($($done:tt)*)) => {
        callbacks! { {$($generics)*} ($($done)*) }
    };
    ({$($generics:tt)*} ($($done:tt)*) $name:ident: $next:ident $($rest:tt)*) => {
        mixed_callbacks!({$($generics)* $next: 'static,} ($($done)* $name: $next,) $($rest)*);
        mixed_callbacks!(
            {$($generics)* $next: ?Sized + 'static,} ($($done)* $name: &$next,) $($rest)*
        );
        mixed_callbacks!(
            {$($generics)* $next: ?Sized + 'static,} ($($done)* $name: &mut $next,) $($rest)*
        );
    };
}

mixed_callbacks!({}());
mixed_callbacks!({} () a: A);
mixed_callbacks!({} () a: A b: B);
mixed_callbacks!({} () a: A b: B c: C);

callbacks! {
    {A: 'static, B: 'static, C: 'static, D: 'static,} (a: A, b: B, c: C, d: D),
    {A: 'static, B: 'static, C: 'static, D: 'static, E: 'static,}
        (a: A, b: B, c: C, d: D, e: E),
    {A: 'static, B: 'static, C: 'static, D: 'static, E: 'static, F: 'static,}
        (a: A, b: B, c: C, d: D, e: E, f: F),
}

impl<C, F: Copy> Closure<C, F> {
    /// The callback as what it is called as: `closure.as_fn::<dyn Fn(&Event)>()(&event)`.
    #[inline]
    pub fn as_fn<S: Callback<C, F> + ?Sized>(&self) -> &S {
        let callable = S::callable((&raw const *self).cast());
        // SAFETY: by the contract of `Callback` there is an `S` where the closure is, which may
        // be borrowed as long as that.
        unsafe { &*callable }
    }
}

impl<S: ?Sized> Gc<S> {
    /// Makes a callback whose captures the collector sees, and moves it to the heap: for
    /// instance a `Gc<dyn Fn(&Event)>`, to be stored in a field and called.
    ///
    /// A call passes `captures` to `function` by reference, and then the arguments. Each of
    /// these may be owned or borrowed; [`Callback`] has the list. Several captures are passed as
    /// a tuple.
    ///
    /// Write the types of the parameters of `function`, or the type of the callback, as in
    /// `Gc::<dyn Fn(&Event)>::new_closure`: the compiler can follow one from the other.
    ///
    /// `function` itself is `Copy`, and therefore cannot capture a `Gc`. A Rust closure that does
    /// can be put into [`Gc::new_untraced`], where the collector does not see what it captures: a
    /// captured `Gc` keeps its target alive as long as the callback exists, and a cycle through
    /// it leaks, as it would with `Rc`.
    ///
    /// # Panics
    ///
    /// As [`Gc::new`].
    ///
    /// # Examples
    ///
    /// An event bus. The listener captures the window that owns it, and is freed with it:
    ///
    /// ```
    /// use std::cell::{Cell, RefCell};
    /// use gcycle::{Gc, Trace, gc};
    ///
    /// struct Event {
    ///     clicks: u32,
    /// }
    ///
    /// #[derive(Trace)]
    /// struct Window {
    ///     clicks: Cell<u32>,
    ///     listeners: RefCell<Vec<Gc<dyn Fn(&Event)>>>,
    /// }
    ///
    /// impl Window {
    ///     fn emit(&self, event: &Event) {
    ///         // A copy of the list: a listener may add and remove others.
    ///         let listeners = self.listeners.borrow().clone();
    ///         for listener in listeners {
    ///             listener(event);
    ///         }
    ///     }
    /// }
    ///
    /// let window = Gc::new(Window { clicks: Cell::new(0), listeners: RefCell::default() });
    /// let listener = Gc::new_closure(window.clone(), |window: &Gc<Window>, event: &Event| {
    ///     window.clicks.set(window.clicks.get() + event.clicks);
    /// });
    /// window.listeners.borrow_mut().push(listener);
    ///
    /// window.emit(&Event { clicks: 2 });
    /// assert_eq!(window.clicks.get(), 2);
    ///
    /// drop(window);
    /// assert_eq!(gc::collect(), 2, "the window and its listener, which captured the window");
    /// ```
    ///
    /// Arguments in a mixture, and two captures:
    ///
    /// ```
    /// use std::cell::Cell;
    /// use gcycle::Gc;
    ///
    /// let (calls, suffix): (Gc<Cell<u32>>, Gc<str>) = (Gc::default(), "!".into());
    /// let extend = Gc::<dyn Fn(&mut String, &str, usize)>::new_closure(
    ///     (calls.clone(), suffix),
    ///     |(calls, suffix), text, word, times| {
    ///         calls.set(calls.get() + 1);
    ///         *text += &word.repeat(times);
    ///         *text += suffix;
    ///     },
    /// );
    /// let mut text = String::new();
    /// extend(&mut text, "tick ", 2);
    /// assert_eq!((text.as_str(), calls.get()), ("tick tick !", 1));
    /// ```
    ///
    /// A field such as `RefCell<Vec<Gc<dyn Fn(&Event)>>>` is too complex for the lint
    /// `clippy::type_complexity`. An alias gives the type a name:
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace};
    ///
    /// struct Event {
    ///     clicks: u32,
    /// }
    ///
    /// type Listener = Gc<dyn Fn(&Event)>;
    ///
    /// #[derive(Trace, Default)]
    /// struct Window {
    ///     listeners: RefCell<Vec<Listener>>,
    /// }
    ///
    /// let window = Window::default();
    /// let listener = Listener::new_closure((), |(), event| assert_eq!(event.clicks, 2));
    /// window.listeners.borrow_mut().push(listener);
    /// window.listeners.borrow().iter().for_each(|listener| listener(&Event { clicks: 2 }));
    /// ```
    ///
    /// The compiler checks the function against the type. This one would keep an argument that
    /// is only lent to it:
    ///
    /// ```compile_fail
    /// use std::cell::Cell;
    /// use gcycle::Gc;
    ///
    /// let last: Gc<Cell<&'static str>> = Gc::default();
    /// let keep = Gc::<dyn Fn(&str)>::new_closure(last, |last, text| last.set(text));
    /// ```
    #[must_use]
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn new_closure<C, F>(captures: C, function: F) -> Gc<S>
    where
        C: Trace + 'static,
        F: Copy + 'static,
        S: Callback<C, F>,
    {
        let closure = Gc::into_raw(Gc::new(Closure::new(captures, function)));
        let callable = S::callable(closure.cast());
        // SAFETY: values are not at address 0.
        let value = unsafe { NonNull::new_unchecked(callable.cast_mut()) };
        // SAFETY: the handle was given up for `closure`. By the contract of `Callback` there is
        // an `S` at that address, whose drop is that of the closure. The object keeps the vtable
        // of the closure, which fits its value all the same.
        unsafe { Gc::from_counted(value) }
    }
}
