// Written by the unit tests of gcycle-derive; do not edit.

use std::marker::PhantomData;
use gcycle::{Gc, Trace, Weak};
struct Handle<T> {
    strong: Gc<T>,
}
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Handle<T> {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.strong,), "strong");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<T>,)>(__ask).answer()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Handle<T> {}
struct Entry<'a, K: Ord, V, const N: usize>
where
    V: Clone,
{
    key: &'a str,
    values: [Option<V>; N],
    old: Box<K>,
    name: String,
    watched: Weak<K>,
    marker: PhantomData<V>,
}
#[automatically_derived]
unsafe impl<'a, K: Ord, V, const N: usize> ::gcycle::Trace for Entry<'a, K, V, { N }>
where
    V: Clone,
    V: ::gcycle::Trace,
    K: ::gcycle::Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(
            __tracer,
            (&self.values, &self.old, &self.name, &self.watched, &self.marker),
            "values|old|name|watched|marker",
        );
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<Option<V>>::IS_OPAQUE
            || ::gcycle::__private::Probe::<V>::tracked()
            || ::gcycle::__private::Probe::<Box<K>>::IS_OPAQUE
            || ::gcycle::__private::Probe::<K>::tracked()
            || (::gcycle::__private::Probe::<Weak<K>>::MAY_OWN_GC
                && ::gcycle::__private::Probe::<Weak<K>>::MAY_BE_CYCLIC)
            || (::gcycle::__private::Probe::<PhantomData<V>>::MAY_OWN_GC
                && ::gcycle::__private::Probe::<PhantomData<V>>::MAY_BE_CYCLIC)
            || ::gcycle::__private::Probe::<(String,)>::MAY_OWN_GC
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        true
    }
    #[inline]
    fn has_finalizers(__ask: impl ::gcycle::__private::Ask) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Ask::traced::<Option<V>>(__ask).has_finalizers()
            || ::gcycle::__private::Ask::traced::<K>(__ask).has_finalizers()
            || ::gcycle::__private::Probe::<Box<K>>::IS_OPAQUE
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        ::gcycle::__private::has_finalizers::<Self>()
    }
    fn finalize_contents(&self, __finalizing: &mut ::gcycle::__private::Finalizing) {
        ::gcycle::__private::Finalizing::field(__finalizing, &self.values).__finalize();
        ::gcycle::__private::Finalizing::field(__finalizing, &self.old).__finalize();
    }
}
#[automatically_derived]
impl<'a, K: Ord, V, const N: usize> ::gcycle::__private::AddTraceFinalizeToTheType
for Entry<'a, K, V, { N }>
where
    V: Clone,
{}
enum Tree<T> {
    Leaf(T),
    Inner(Box<Tree<T>>, Other<T>),
}
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Tree<T>
where
    T: ::gcycle::Trace,
    Other<T>: ::gcycle::Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        match *self {
            Self::Leaf { 0: ref __field0, .. } => {
                ::gcycle::Tracer::report(__tracer, (&*__field0,), "Leaf.0");
            }
            Self::Inner { 0: ref __field0, 1: ref __field1, .. } => {
                ::gcycle::Tracer::report(
                    __tracer,
                    (&*__field0, &*__field1),
                    "Inner.0|Inner.1",
                );
            }
        }
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::unknown::<Self>(__ask)
    }
    #[inline]
    fn has_finalizers(__ask: impl ::gcycle::__private::Ask) -> ::core::primitive::bool {
        ::gcycle::__private::Ask::traced::<T>(__ask).has_finalizers()
            || ::gcycle::__private::Ask::traced::<Other<T>>(__ask).has_finalizers()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        ::gcycle::__private::has_finalizers::<Self>()
    }
    fn finalize_contents(&self, __finalizing: &mut ::gcycle::__private::Finalizing) {
        match *self {
            Self::Leaf { 0: ref __field0, .. } => {
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field0)
                    .__finalize();
            }
            Self::Inner { 0: ref __field0, 1: ref __field1, .. } => {
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field0)
                    .__finalize();
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field1)
                    .__finalize();
            }
        }
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Tree<T> {}
struct Other<T>(T);
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Other<T>
where
    T: Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.0,), "inside");
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<T>::tracked()
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<T>::reports()
    }
    #[inline]
    fn has_finalizers(__ask: impl ::gcycle::__private::Ask) -> ::core::primitive::bool {
        ::gcycle::__private::Ask::traced::<T>(__ask).has_finalizers()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        ::gcycle::__private::has_finalizers::<Self>()
    }
    fn finalize_contents(&self, __finalizing: &mut ::gcycle::__private::Finalizing) {
        ::gcycle::__private::Finalizing::field(__finalizing, &self.0).__finalize();
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Other<T> {}
