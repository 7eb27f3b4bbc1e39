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
        ::gcycle::Tracer::report(__tracer, self, (&self.strong,), "strong");
    }
    #[inline]
    fn answer(__ask: ::gcycle::__private::Ask) -> ::core::primitive::bool {
        ::gcycle::__private::Ask::traced::<(Gc<T>,)>(__ask).answer()
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Handle<T> {}
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
        ::gcycle::Tracer::report(
            __tracer,
            self,
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
}
#[automatically_derived]
impl<'a, K: Ord, V, const N: usize> ::gcycle::__private::ImplementFinalizeInsteadOfDrop
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
        match self {
            Self::Leaf { 0: __field0, .. } => {
                ::gcycle::Tracer::report(__tracer, self, (&*__field0,), "Leaf.0");
            }
            Self::Inner { 0: __field0, 1: __field1, .. } => {
                ::gcycle::Tracer::report(
                    __tracer,
                    self,
                    (&*__field0, &*__field1),
                    "Inner.0|Inner.1",
                );
            }
        }
    }
    #[inline]
    fn answer(__ask: ::gcycle::__private::Ask) -> ::core::primitive::bool {
        ::gcycle::__private::Ask::unknown::<Self>(__ask)
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Tree<T> {}
struct Other<T>(T);
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Other<T>
where
    T: Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        ::gcycle::Tracer::report(__tracer, self, (&self.0,), "inside");
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
}
#[automatically_derived]
impl<T> ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Other<T> {}
