// Written by the unit tests of gcycle-derive; do not edit.

use std::cell::RefCell;
use std::rc::Rc;
use gcycle::{Trace, Weak};
struct Leaf {
    name: String,
    count: u32,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Leaf {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.name,), "name");
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<Self>::MAY_OWN_GC
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl ::gcycle::__private::Owns for Leaf
where
    for<'__once> String: ::gcycle::Acyclic,
{
    type Owned = ();
}
#[automatically_derived]
impl ::gcycle::Acyclic for Leaf
where
    for<'__once> String: ::gcycle::Acyclic,
{}
struct Observer {
    name: String,
    targets: RefCell<Vec<Weak<Leaf>>>,
    shared: Rc<str>,
    thread: std::thread::ThreadId,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Observer {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(
            __tracer,
            (&self.name, &self.targets, &self.shared),
            "name|targets|shared",
        );
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<RefCell<Vec<Weak<Leaf>>>>::IS_OPAQUE
            || ::gcycle::__private::Probe::<Vec<Weak<Leaf>>>::IS_OPAQUE
            || (::gcycle::__private::Probe::<Weak<Leaf>>::MAY_OWN_GC
                && ::gcycle::__private::Probe::<Weak<Leaf>>::MAY_BE_CYCLIC)
            || (::gcycle::__private::Probe::<Rc<str>>::MAY_OWN_GC
                && ::gcycle::__private::Probe::<Rc<str>>::MAY_BE_CYCLIC)
            || ::gcycle::__private::Probe::<(String,)>::MAY_OWN_GC
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        true
    }
    #[inline]
    fn has_finalizers(__ask: impl ::gcycle::__private::Ask) -> ::core::primitive::bool {
        ::gcycle::__private::Ask::traced::<Rc<str>>(__ask).has_finalizers()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        ::gcycle::__private::has_finalizers::<Self>()
    }
    fn finalize_contents(&self, __finalizing: &mut ::gcycle::__private::Finalizing) {
        ::gcycle::__private::Finalizing::field(__finalizing, &self.shared).__finalize();
    }
}
