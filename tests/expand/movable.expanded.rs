// Written by the unit tests of gcycle-derive; do not edit.

use std::cell::RefCell;
use std::thread::JoinHandle;
use gcycle::{Gc, Trace, Weak};
struct Node<T> {
    name: String,
    count: u32,
    parent: RefCell<Weak<Node<T>>>,
    listener: Option<fn(&Node<T>, &T)>,
    value: T,
}
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Node<T>
where
    T: ::gcycle::Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::__private::assert_type_is_acyclic::<Option<fn()>>();
        ::gcycle::Tracer::report(
            __tracer,
            (&self.name, &self.parent, &self.value),
            "name|parent|value",
        );
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<RefCell<Weak<Node<T>>>>::IS_OPAQUE
            || (::gcycle::__private::Probe::<Weak<Node<T>>>::MAY_OWN_GC
                && ::gcycle::__private::Probe::<Weak<Node<T>>>::MAY_BE_CYCLIC)
            || ::gcycle::__private::Probe::<T>::tracked()
            || ::gcycle::__private::Probe::<(String,)>::MAY_OWN_GC
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        true
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
        ::gcycle::__private::Finalizing::field(__finalizing, &self.value).__finalize();
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Node<T> {}
#[automatically_derived]
unsafe impl<T> ::gcycle::Movable for Node<T>
where
    T: ::gcycle::Trace,
    T: ::gcycle::Movable,
{
    fn __moved_fields(&self, __moved: &::gcycle::__private::MovedFields) {
        match *self {
            Self {
                name: ref __field0,
                count: ref __field1,
                parent: ref __field2,
                listener: ref __field3,
                value: ref __field4,
            } => {
                __moved.movable(&*__field0);
                __moved.send(&*__field1);
                __moved.movable(&*__field2);
                __moved.send(&*__field3);
                __moved.movable(&*__field4);
            }
        }
    }
}
enum Task<R> {
    Waiting(Gc<Task<R>>),
    Running(JoinHandle<R>),
    Done,
}
#[automatically_derived]
unsafe impl<R> ::gcycle::Trace for Task<R> {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        match *self {
            Self::Waiting { 0: ref __field0, .. } => {
                ::gcycle::Tracer::report(__tracer, (&*__field0,), "Waiting.0");
            }
            _ => {}
        }
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<Task<R>>,)>(__ask).answer()
            && ::gcycle::__private::AskFields::untraced::<JoinHandle<R>>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl<R> ::gcycle::__private::AddTraceFinalizeToTheType for Task<R> {}
#[automatically_derived]
unsafe impl<R> ::gcycle::Movable for Task<R>
where
    R: ::gcycle::Movable,
    R: ::core::marker::Send,
{
    fn __moved_fields(&self, __moved: &::gcycle::__private::MovedFields) {
        match *self {
            Self::Waiting { 0: ref __field0 } => {
                __moved.movable(&*__field0);
            }
            Self::Running { 0: ref __field0 } => {
                __moved.send(&*__field0);
            }
            Self::Done {} => {}
        }
    }
}
