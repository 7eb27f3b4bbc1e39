// Written by the unit tests of gcycle-derive; do not edit.

use std::rc::Rc;
mod reexport {
    pub(super) use gcycle as runtime;
}
use reexport::runtime::{Finalize, Gc, Trace, Tracer};
struct Everything<T> {
    value: T,
    leaf: Rc<str>,
    text: Gc<String>,
    list: Vec<Gc<String>>,
}
#[automatically_derived]
unsafe impl<T> reexport::runtime::Trace for Everything<T>
where
    T: reexport::runtime::Acyclic,
    T: reexport::runtime::Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut reexport::runtime::Tracer<'_>) {
        if false {
            reexport::runtime::Tracer::check(self).__has_no_drop();
        }
        reexport::runtime::__private::assert_acyclic(&self.text);
        reexport::runtime::Tracer::report(
            __tracer,
            (&self.value, &self.leaf),
            "value|leaf",
        );
        unsafe {
            reexport::runtime::__private::report_with(
                __tracer,
                "list",
                trace_list,
                &self.list,
            );
        }
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        false
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        use reexport::runtime::__private::Unproven as _;
        reexport::runtime::__private::Probe::<Self>::MAY_OWN_GC
    }
    #[inline]
    fn finalizer() -> ::core::option::Option<fn(&Self)> {
        ::core::option::Option::Some(<Self as reexport::runtime::Finalize>::finalize)
    }
    fn finalize_all(&self, __finalizing: &mut reexport::runtime::__private::Finalizing) {
        reexport::runtime::__private::Finalizing::own(
            __finalizing,
            self,
            <Self as reexport::runtime::Finalize>::finalize,
        );
        <Self as reexport::runtime::Trace>::finalize_contents(self, __finalizing);
    }
    fn finalize_contents(
        &self,
        __finalizing: &mut reexport::runtime::__private::Finalizing,
    ) {
        reexport::runtime::__private::Finalizing::field(__finalizing, &self.value)
            .__finalize();
        reexport::runtime::__private::Finalizing::field(__finalizing, &self.leaf)
            .__finalize();
    }
    fn type_name() -> &'static ::core::primitive::str {
        "everything"
    }
}
const _: () = {
    use reexport::runtime::__private::Unproven as _;
    pub struct NoGcLeadsBackToEverything<T>(::core::marker::PhantomData<(*const T,)>);
    #[automatically_derived]
    impl<T> ::core::marker::Unpin for NoGcLeadsBackToEverything<T>
    where
        reexport::runtime::__private::NoGcLeadsBackTo<T>: ::core::marker::Unpin,
        reexport::runtime::__private::Asked<
            Rc<str>,
            { reexport::runtime::__private::Probe::<Rc<str>>::OWNS },
        >: ::core::marker::Unpin,
        reexport::runtime::__private::Asked<
            Gc<String>,
            { reexport::runtime::__private::Probe::<Gc<String>>::OWNS },
        >: ::core::marker::Unpin,
        reexport::runtime::__private::Asked<
            Vec<Gc<String>>,
            { reexport::runtime::__private::Probe::<Vec<Gc<String>>>::OWNS },
        >: ::core::marker::Unpin,
    {}
    #[automatically_derived]
    impl<T> reexport::runtime::__private::Owns for Everything<T> {
        type Owned = NoGcLeadsBackToEverything<T>;
    }
    #[automatically_derived]
    impl<T> reexport::runtime::Acyclic for Everything<T>
    where
        T: reexport::runtime::Acyclic,
        for<'__once> reexport::runtime::__private::Asked<
            Rc<str>,
            { reexport::runtime::__private::Probe::<Rc<str>>::OWNS },
        >: ::core::marker::Unpin,
        for<'__once> reexport::runtime::__private::Asked<
            Gc<String>,
            { reexport::runtime::__private::Probe::<Gc<String>>::OWNS },
        >: ::core::marker::Unpin,
        for<'__once> reexport::runtime::__private::Asked<
            Vec<Gc<String>>,
            { reexport::runtime::__private::Probe::<Vec<Gc<String>>>::OWNS },
        >: ::core::marker::Unpin,
    {}
};
impl<T> Finalize for Everything<T> {
    fn finalize(&self) {}
}
fn trace_list(list: &Vec<Gc<String>>, tracer: &mut Tracer<'_>) {
    list.trace(tracer);
}
