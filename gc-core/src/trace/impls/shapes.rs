//! The shapes a foreign type can have for the collector, one macro each.
//!
//! Every macro takes a list of `{generics} Type`, with what its shape needs
//! behind the type, and writes `Trace`, `Acyclic` and `Owns`. The generics come without
//! the bounds on contents: the macro adds them.
//!
//! The proof in each macro leans on the rules of the parent module. A type is
//! listed under a shape that passes edges on only if it keeps them.

/// `drops_quietly` of a container that owns nothing but values of its type arguments, and
/// does nothing but drop them. Others keep the cautious answer of the trait.
macro_rules! drops_quietly {
    ({T}) => { drops_quietly! { @of T } };
    ({T, const N: usize}) => { drops_quietly! { @of T } };
    ({T, S}) => { drops_quietly! { @of T => !::core::mem::needs_drop::<S>() } };
    ({K, V}) => { drops_quietly! { @of K, V } };
    ({K, V, S}) => { drops_quietly! { @of K, V => !::core::mem::needs_drop::<S>() } };
    ({$($other:tt)*}) => {};
    (@of $($field:ty),* $(=> $and:expr)?) => {
        #[inline]
        fn drops_quietly(ask: impl $crate::trace::contract::Ask) -> bool {
            $(<$field as $crate::trace::contract::Trace>::drops_quietly(ask))&&* $(&& $and)?
        }
    };
}

/// What is asked of a type whose `trace` is only that of its contents.
macro_rules! as_its_contents {
    ($($field:ty),* $(,)?) => {
        #[inline]
        fn tracked() -> bool {
            $(<$field as $crate::trace::contract::Trace>::tracked())||*
        }

        #[inline]
        fn reports() -> bool {
            $(<$field as $crate::trace::contract::Trace>::reports())||*
        }

        #[inline]
        fn traces_plainly(ask: impl $crate::trace::contract::Ask) -> bool {
            $(<$field as $crate::trace::contract::Trace>::traces_plainly(ask))&&*
        }
    };
}

/// Which finalizers there may be: those of the contents.
macro_rules! finalizes_its_contents {
    ($($field:ty),* $(,)?) => {
        #[inline]
        fn has_finalizers(ask: impl $crate::trace::contract::Ask) -> bool {
            $(<$field as $crate::trace::contract::Trace>::has_finalizers(ask))||*
        }

        #[inline]
        fn may_finalize(&self) -> bool {
            $crate::trace::finalizers::has_finalizers::<Self>()
        }
    };
}

/// The answer of a type whose contents cannot be finalized, or that has none.
macro_rules! finalizes_nothing {
    () => {
        #[inline]
        fn may_finalize(&self) -> bool {
            false
        }
    };
}

/// Types that own no `Gc`, or none that is reported: scalars, text, handles of the
/// operating system. Where they need to be dropped, `quiet` says that the drop runs no
/// user code, and `owns` how many bytes they own elsewhere, as do generic `owners`. With `shares`,
/// they refer to a `T` that others may refer to as well, and that is acyclic; `where` names the
/// condition that says so. With `asks`, the generics have bounds.
/// `displayed` are quiet, and heap tools show their `Display`.
///
/// The compiler does not list leaves when it says that another type is not `Trace`: there are
/// hundreds of them. Where there are bounds, it must not hide which of them is not met.
macro_rules! leaves {
    (@one {$($generics:tt)*} $leaf:ty, {$($quiet:tt)*}
        $(, |$this:ident, $tracer:ident| $owns:expr)?) => {
        leaves! { @trace {#[diagnostic::do_not_recommend]} {$($generics)*} $leaf, {},
            {$($quiet)*} $(, |$this, $tracer| $owns)? }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::trace::contract::Acyclic for $leaf {}
    };
    (@trace {$($attribute:tt)*} {$($generics:tt)*} $leaf:ty, {$($clause:tt)*}, {$($quiet:tt)*}
        $(, |$this:ident, $tracer:ident| $owns:expr)?) => {
        $($attribute)*
        // SAFETY: nothing is reported, created, changed or looked at.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $leaf $($clause)* {
            #[inline]
            fn trace(&self, _: &mut $crate::trace::tracer::Tracer<'_>) {}

            leaves! { @labelled $(|$this, $tracer| $owns)? }

            #[inline]
            fn tracked() -> bool {
                false
            }

            #[inline]
            fn traces_plainly(_: impl $crate::trace::contract::Ask) -> bool {
                true
            }

            $($quiet)*

            finalizes_nothing! {}
        }
    };
    (@owns_nothing {$($generics:tt)*} $leaf:ty) => {
        impl<$($generics)*> $crate::trace::recursion::Owns for $leaf {
            type Owned = ();
        }
    };
    (@labelled) => {
        fn trace_labelled(&self, _: &mut $crate::trace::tracer::LabelTracer<'_>) {}
    };
    (@labelled |$this:ident, $tracer:ident| $owns:expr) => {
        fn trace_labelled(&self, $tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
            let $this = self;
            $tracer.owns($owns);
        }
    };
    (quiet: $($leaf:ty $(=> owns |$this:ident| $owns:expr)?),* $(,)?) => {$(
        leaves! { @one {} $leaf, {
            #[inline]
            fn drops_quietly(_: impl $crate::trace::contract::Ask) -> bool {
                true
            }
        } $(, |$this, tracer| $owns)? }
        leaves! { @owns_nothing {} $leaf }
    )*};
    (displayed: $($leaf:ty $(=> owns |$this:ident| $owns:expr)?),* $(,)?) => {$(
        leaves! { @one {} $leaf, {
            #[inline]
            fn drops_quietly(_: impl $crate::trace::contract::Ask) -> bool {
                true
            }

            fn describer() -> Option<
                fn(&Self, &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result
            > {
                Some(::core::fmt::Display::fmt)
            }
        } $(, |$this, tracer| $owns)? }
        leaves! { @owns_nothing {} $leaf }
    )*};
    (owners: $({$($generics:tt)*} $leaf:ty => owns |$this:ident| $owns:expr),* $(,)?) => {$(
        leaves! { @trace {} {$($generics)*} $leaf, {}, {}, |$this, tracer| $owns }
        leaves! { @owns_nothing {$($generics)*} $leaf }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $leaf {}
    )*};
    (shares: $($leaf:ty where $condition:ident $(=> owns |$this:ident| $owns:expr)?),* $(,)?) => {$(
        leaves! { @trace {} {T: ?Sized} $leaf,
            {where Self: $crate::trace::refusals::$condition<T>}, {}
            $(, |$this, tracer| $owns)? }

        impl<T> $crate::trace::contract::Acyclic for $leaf
        where
            T: $crate::trace::contract::Acyclic + ?Sized,
        {}

        impl<T: $crate::trace::recursion::Owns + ?Sized> $crate::trace::recursion::Owns for $leaf {
            type Owned = $crate::trace::recursion::NoGcLeadsBackTo<T>;
        }
    )*};
    (asks: $({$($generics:tt)*} $leaf:ty),* $(,)?) => {$(
        leaves! { @trace {} {$($generics)*} $leaf, {}, {} }
        leaves! { @owns_nothing {$($generics)*} $leaf }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $leaf {}
    )*};
    ($($({$($generics:tt)*})? $leaf:ty),* $(,)?) => {$(
        leaves! { @one {$($($generics)*)?} $leaf, {} }
        leaves! { @owns_nothing {$($($generics)*)?} $leaf }
    )*};
}

/// [`leaves`] that are unsized, so that `tracked` cannot be asked. The compiler does not list
/// them when it says that another trait object is not `Trace`.
macro_rules! unsized_leaves {
    ($($({$($generics:tt)*})? $leaf:ty),* $(,)?) => {$(
        // SAFETY: nothing is reported, created, changed or looked at.
        #[diagnostic::do_not_recommend]
        unsafe impl$(<$($generics)*>)? $crate::trace::contract::Trace for $leaf {
            #[inline]
            fn trace(&self, _: &mut $crate::trace::tracer::Tracer<'_>) {}

            fn trace_labelled(&self, _: &mut $crate::trace::tracer::LabelTracer<'_>) {}

            finalizes_nothing! {}
        }

        #[diagnostic::do_not_recommend]
        impl$(<$($generics)*>)? $crate::trace::contract::Acyclic for $leaf {}

        impl$(<$($generics)*>)? $crate::trace::recursion::Owns for $leaf {
            type Owned = ();
        }
    )*};
}

/// Types of std that cannot be traced, with the condition that says what to use instead. It
/// never holds.
macro_rules! refused {
    ($({$($generics:tt)*} $refused:ty where $condition:ident),* $(,)?) => {$(
        #[doc(hidden)]
        // SAFETY: nothing is reported, created, changed or looked at.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $refused
        where
            Self: $crate::trace::refusals::$condition,
        {
            fn trace(&self, _: &mut $crate::trace::tracer::Tracer<'_>) {}
        }
    )*};
}

/// Types that own one `T` and give access to it: `Type => |this| peek`, where `peek` is
/// an `Option` of a reference or a guard, `None` if there is nothing to look at. Finalizers of
/// the contents run while its result is in use, so it must allow any user code. If it does
/// not, there is `=> finalizes(look)` with another, or `=> finalizes nothing`.
macro_rules! wrappers {
    ($({$($generics:tt)*} $wrapper:ty => |$this:ident| $peek:expr
        $(=> finalizes $finalizes:tt)? $(=> closed if $closed:expr)?),* $(,)?) => {$(
        // SAFETY: the wrapper is the only owner of one `T`, whose edges are
        // reported once, and only drops it. `peek` neither changes the contents
        // nor runs code of the user; `T` keeps the contract for the rest.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $wrapper
        where
            T: $crate::trace::contract::Trace,
        {
            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                let $this = self;
                if let Some(inner) = $peek {
                    T::trace(&inner, tracer);
                    $crate::trace::impls::contents::keep::<T, _>(inner, tracer);
                }
                $(else if $closed { tracer.closed::<T>(); })?
            }

            fn trace_labelled(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                let $this = self;
                if let Some(inner) = $peek {
                    T::trace_labelled(&inner, tracer);
                    tracer.keep(inner);
                }
                $(else if $closed { tracer.closed::<T>(); })?
            }

            as_its_contents! { T }

            drops_quietly! { {$($generics)*} }

            wrappers! { @finalizes |$this| $peek $(=> $finalizes)? }
        }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $wrapper
        where
            T: $crate::trace::contract::Acyclic,
        {}

        impl<$($generics)*> $crate::trace::recursion::Owns for $wrapper
        where
            T: $crate::trace::recursion::Owns,
        {
            type Owned = $crate::trace::recursion::NoGcLeadsBackTo<T>;
        }
    )*};
    (@finalizes |$this:ident| $peek:expr => nothing) => {
        finalizes_nothing! {}
    };
    (@finalizes |$this:ident| $peek:expr => ($look:expr)) => {
        wrappers! { @finalizes |$this| $look }
    };
    (@finalizes |$this:ident| $look:expr) => {
        finalizes_its_contents! { T }

        #[inline]
        fn finalize_contents(&self, finalizing: &mut $crate::trace::finalizing::Finalizing) {
            let $this = self;
            if $crate::trace::finalizers::may_have_finalizers::<T>()
                && let Some(inner) = $look
            {
                finalizing.value::<T>(&inner);
            }
        }
    };
}

/// Types that own a fixed set of fields:
/// `Type |this| { "label": FieldType = &this.field }`.
macro_rules! fields {
    ($({$($generics:tt)*} $owner:ty => |$this:ident| {
        $($label:literal: $field:ty = $peek:expr),* $(,)?
    }),* $(,)?) => {$(
        // SAFETY: each field is owned by the value alone and traced once; each
        // peek only borrows. The fields keep the contract for the rest.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $owner
        where
            $($field: $crate::trace::contract::Trace,)*
        {
            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                let $this = self;
                $(<$field as $crate::trace::contract::Trace>::trace($peek, tracer);)*
            }

            fn trace_labelled(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                let $this = self;
                $(<$field as $crate::trace::contract::Trace>::trace_labelled(
                    $peek,
                    &mut tracer.field($label),
                );)*
            }

            as_its_contents! { $($field),* }

            drops_quietly! { @of $($field),* }

            finalizes_its_contents! { $($field),* }

            #[inline]
            fn finalize_contents(&self, finalizing: &mut $crate::trace::finalizing::Finalizing) {
                let $this = self;
                $(finalizing.value::<$field>($peek);)*
            }
        }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $owner
        where
            $($field: $crate::trace::contract::Acyclic,)*
        {}

        impl<$($generics)*> $crate::trace::recursion::Owns for $owner
        where
            $($field: $crate::trace::recursion::Owns,)*
        {
            type Owned = ($($crate::trace::recursion::NoGcLeadsBackTo<$field>,)*);
        }
    )*};
}

/// Enums whose variants own at most one field: `Type { Variant: FieldType }`
/// with the variants that own something.
macro_rules! variants {
    (@labelled Some $field:ident $tracer:ident) => {
        // A field that is an `Option` says enough: `leader`, not `leader.Some.0`.
        if $tracer.is_at_object() {
            $field.trace_labelled(&mut $tracer.field("Some.0"));
        } else {
            $field.trace_labelled($tracer);
        }
    };
    (@labelled $variant:ident $field:ident $tracer:ident) => {
        $field.trace_labelled(&mut $tracer.field(concat!(stringify!($variant), ".0")));
    };
    ($({$($generics:tt)*} $owner:ty { $($variant:ident: $field:ty),* $(,)? }),* $(,)?) => {$(
        // SAFETY: the one field of the variant is owned by the value alone and
        // traced once. It keeps the contract for the rest.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $owner
        where
            $($field: $crate::trace::contract::Trace,)*
        {
            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                $(if let Self::$variant(field) = self {
                    field.trace(tracer);
                })*
            }

            fn trace_labelled(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                $(if let Self::$variant(field) = self {
                    variants! { @labelled $variant field tracer }
                })*
            }

            as_its_contents! { $($field),* }

            drops_quietly! { @of $($field),* }

            finalizes_its_contents! { $($field),* }

            #[inline]
            fn finalize_contents(&self, finalizing: &mut $crate::trace::finalizing::Finalizing) {
                $(if let Self::$variant(field) = self {
                    finalizing.value::<$field>(field);
                })*
            }
        }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $owner
        where
            $($field: $crate::trace::contract::Acyclic,)*
        {}

        impl<$($generics)*> $crate::trace::recursion::Owns for $owner
        where
            $($field: $crate::trace::recursion::Owns,)*
        {
            type Owned = ($($crate::trace::recursion::NoGcLeadsBackTo<$field>,)*);
        }
    )*};
}

/// Types that own any number of `T`: `Type => |this| items`, and `=> owns` how many bytes of
/// memory elsewhere.
macro_rules! sequences {
    ($({$($generics:tt)*} $sequence:ty => |$this:ident| $items:expr $(=> owns $owns:expr)?),*
        $(,)?) => {$(
        // SAFETY: the sequence is the only owner of its items, and only drops
        // them; `items` yields each of them once, by reference, without running
        // code of the user. `T` keeps the contract for the rest.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $sequence
        where
            T: $crate::trace::contract::Trace,
        {
            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                $crate::trace::impls::contents::trace_container::<T, _>(self, tracer);
            }

            fn trace_labelled(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                $(let $this = self;
                tracer.owns($owns);)?
                tracer.descend(self);
            }

            as_its_contents! { T }

            drops_quietly! { {$($generics)*} }

            finalizes_its_contents! { T }

            fn finalize_contents(&self, finalizing: &mut $crate::trace::finalizing::Finalizing) {
                let $this = self;
                finalizing.items::<T>($items);
            }
        }

        impl<$($generics)*> $crate::trace::tracer::Contain for $sequence
        where
            T: $crate::trace::contract::Trace,
        {
            #[inline]
            fn trace_contents(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                let $this = self;
                $crate::trace::impls::contents::trace_items($items, tracer);
            }

            fn label_contents(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                let $this = self;
                $crate::trace::impls::contents::label_items($items, tracer);
            }
        }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $sequence
        where
            T: $crate::trace::contract::Acyclic,
        {}

        impl<$($generics)*> $crate::trace::recursion::Owns for $sequence
        where
            T: $crate::trace::recursion::Owns,
        {
            type Owned = $crate::trace::recursion::NoGcLeadsBackTo<T>;
        }
    )*};
}

/// Types that own any number of entries of a key `K` and a value `V`:
/// `Type => |this| entries`, and `=> owns` how many bytes of memory elsewhere.
macro_rules! maps {
    ($({$($generics:tt)*} $map:ty => |$this:ident| $entries:expr $(=> owns $owns:expr)?),*
        $(,)?) => {$(
        // SAFETY: the map is the only owner of its entries, and only drops them;
        // `entries` yields each of them once, by reference, without running code
        // of the user: no hash, no comparison. Keys and values keep the contract
        // for the rest.
        unsafe impl<$($generics)*> $crate::trace::contract::Trace for $map
        where
            K: $crate::trace::contract::Trace,
            V: $crate::trace::contract::Trace,
        {
            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                $crate::trace::impls::contents::trace_container::<(K, V), _>(self, tracer);
            }

            fn trace_labelled(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                $(let $this = self;
                tracer.owns($owns);)?
                tracer.descend(self);
            }

            as_its_contents! { K, V }

            drops_quietly! { {$($generics)*} }

            finalizes_its_contents! { K, V }

            fn finalize_contents(&self, finalizing: &mut $crate::trace::finalizing::Finalizing) {
                let $this = self;
                finalizing.entries::<K, V>($entries);
            }
        }

        impl<$($generics)*> $crate::trace::tracer::Contain for $map
        where
            K: $crate::trace::contract::Trace,
            V: $crate::trace::contract::Trace,
        {
            #[inline]
            fn trace_contents(&self, tracer: &mut $crate::trace::tracer::Tracer<'_>) {
                let $this = self;
                $crate::trace::impls::contents::trace_entries($entries, tracer);
            }

            fn label_contents(&self, tracer: &mut $crate::trace::tracer::LabelTracer<'_>) {
                let $this = self;
                $crate::trace::impls::contents::label_entries($entries, tracer);
            }
        }

        impl<$($generics)*> $crate::trace::contract::Acyclic for $map
        where
            K: $crate::trace::contract::Acyclic,
            V: $crate::trace::contract::Acyclic,
        {}

        impl<$($generics)*> $crate::trace::recursion::Owns for $map
        where
            K: $crate::trace::recursion::Owns,
            V: $crate::trace::recursion::Owns,
        {
            type Owned = (
                $crate::trace::recursion::NoGcLeadsBackTo<K>,
                $crate::trace::recursion::NoGcLeadsBackTo<V>,
            );
        }
    )*};
}
