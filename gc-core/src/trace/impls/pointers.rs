//! Smart pointers that are the only owner of their target: `Box`, `Pin`, `Cow`.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use core::mem::needs_drop;
use core::pin::Pin;

use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizing::Finalizing;
use crate::trace::recursion::{NoGcLeadsBackTo, Owns};
use crate::trace::tracer::{Contain, LabelTracer, Tracer};

// SAFETY: a box is the only owner of its target, whose edges are reported once,
// and its drop only drops it. `T` keeps the contract for the rest.
unsafe impl<T: Trace + ?Sized> Trace for Box<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.descend(self);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.owns(size_of_val::<T>(self));
        tracer.descend(self);
    }

    /// A type without a size cannot be asked, and one implementation serves all
    /// targets. But what owns a `Gc` needs to be dropped, and that can be asked:
    /// `Box<str>`, `Box<[u8]>` and `Box<f64>` are untracked.
    #[inline]
    fn tracked() -> bool {
        needs_drop::<T>()
    }

    /// For the same reason there may always be a finalizer. Derived code asks the target
    /// itself, where it can.
    #[inline]
    fn has_finalizers(_: impl Ask) -> bool {
        true
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        T::finalize_all(self, finalizing);
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        T::may_finalize(self)
    }
}

impl<T: Trace + ?Sized> Contain for Box<T> {
    #[inline]
    fn trace_contents(&self, tracer: &mut Tracer<'_>) {
        T::trace(self, tracer);
    }

    fn label_contents(&self, tracer: &mut LabelTracer<'_>) {
        T::trace_labelled(self, tracer);
    }
}

impl<T: Acyclic + ?Sized> Acyclic for Box<T> {}

impl<T: Owns + ?Sized> Owns for Box<T> {
    type Owned = NoGcLeadsBackTo<T>;
}

/// The pointer inside `pin`.
fn pinned<P>(pin: &Pin<P>) -> &P {
    let pin: *const Pin<P> = pin;
    // SAFETY: `Pin<P>` is guaranteed to have the layout of `P`. The reference is
    // shared and stays in `trace`, so the target of the pointer is not moved.
    unsafe { &*pin.cast::<P>() }
}

// The pointer is traced and not its target: a `Pin<Gc<T>>` reports one edge to
// the target and none of the target's own.
wrappers! {
    {T} Pin<T> => |this| Some(pinned(this)),
}

// SAFETY: a `Cow` is the only owner of the value it owns, whose edges are
// reported once, and only drops it; what it borrows is not looked at. The owned
// type keeps the contract for the rest.
unsafe impl<B: ToOwned<Owned: Trace> + ?Sized> Trace for Cow<'_, B> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Cow::Owned(value) = self {
            value.trace(tracer);
        }
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        if let Cow::Owned(value) = self {
            value.trace_labelled(tracer);
        }
    }

    as_its_contents! { B::Owned }

    finalizes_its_contents! { B::Owned }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        if let Cow::Owned(value) = self {
            finalizing.value(value);
        }
    }
}

impl<B: ToOwned<Owned: Acyclic> + Acyclic + ?Sized> Acyclic for Cow<'_, B> {}

impl<B: ToOwned<Owned: Owns> + Owns + ?Sized> Owns for Cow<'_, B> {
    type Owned = (NoGcLeadsBackTo<B>, NoGcLeadsBackTo<<B as ToOwned>::Owned>);
}
