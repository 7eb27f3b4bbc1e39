// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace};
struct Text {
    content: Gc<str>,
    length: usize,
    lines: Vec<String>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Text {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(
            __tracer,
            (&self.content, &self.lines),
            "content|lines",
        );
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        false
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<Self>::MAY_OWN_GC
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<str>, Vec<String>)>(__ask).answer()
            && ::gcycle::__private::AskFields::untraced::<usize>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
const _: () = {
    use ::gcycle::__private::Unproven as _;
    pub struct NoGcLeadsBackToText(::core::marker::PhantomData<()>);
    #[automatically_derived]
    impl ::core::marker::Unpin for NoGcLeadsBackToText
    where
        ::gcycle::__private::Asked<
            Gc<str>,
            { ::gcycle::__private::Probe::<Gc<str>>::OWNS },
        >: ::core::marker::Unpin,
        ::gcycle::__private::Asked<
            Vec<String>,
            { ::gcycle::__private::Probe::<Vec<String>>::OWNS },
        >: ::core::marker::Unpin,
    {}
    #[automatically_derived]
    impl ::gcycle::__private::Owns for Text {
        type Owned = NoGcLeadsBackToText;
    }
    #[automatically_derived]
    impl ::gcycle::Acyclic for Text
    where
        for<'__once> ::gcycle::__private::Asked<
            Gc<str>,
            { ::gcycle::__private::Probe::<Gc<str>>::OWNS },
        >: ::core::marker::Unpin,
        for<'__once> ::gcycle::__private::Asked<
            Vec<String>,
            { ::gcycle::__private::Probe::<Vec<String>>::OWNS },
        >: ::core::marker::Unpin,
    {}
};
enum Formula<T> {
    Value(T),
    Sum(Vec<Formula<T>>, Box<Self>),
}
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Formula<T>
where
    T: ::gcycle::Acyclic,
    T: ::gcycle::Trace,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        match *self {
            Self::Value { 0: ref __field0, .. } => {
                ::gcycle::Tracer::report(__tracer, (&*__field0,), "Value.0");
            }
            Self::Sum { 0: ref __field0, 1: ref __field1, .. } => {
                ::gcycle::Tracer::report(
                    __tracer,
                    (&*__field0, &*__field1),
                    "Sum.0|Sum.1",
                );
            }
        }
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        false
    }
    #[inline]
    fn reports() -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<Self>::MAY_OWN_GC
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
        match *self {
            Self::Value { 0: ref __field0, .. } => {
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field0)
                    .__finalize();
            }
            Self::Sum { 0: ref __field0, 1: ref __field1, .. } => {
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field0)
                    .__finalize();
                ::gcycle::__private::Finalizing::field(__finalizing, &*__field1)
                    .__finalize();
            }
        }
    }
}
const _: () = {
    pub struct NoGcLeadsBackToFormula<T>(::core::marker::PhantomData<(*const T,)>);
    #[automatically_derived]
    impl<T> ::core::marker::Unpin for NoGcLeadsBackToFormula<T>
    where
        ::gcycle::__private::NoGcLeadsBackTo<T>: ::core::marker::Unpin,
        ::gcycle::__private::NoGcLeadsBackTo<Vec<Formula<T>>>: ::core::marker::Unpin,
        ::gcycle::__private::NoGcLeadsBackTo<Box<Formula<T>>>: ::core::marker::Unpin,
    {}
    #[automatically_derived]
    impl<T> ::gcycle::__private::Owns for Formula<T> {
        type Owned = NoGcLeadsBackToFormula<T>;
    }
    #[automatically_derived]
    impl<T> ::gcycle::Acyclic for Formula<T>
    where
        T: ::gcycle::Acyclic,
    {}
};
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Formula<T> {}
struct Owner<T> {
    text: Gc<Text>,
    value: T,
    next: Option<Gc<Owner<T>>>,
}
#[automatically_derived]
unsafe impl<T> ::gcycle::Trace for Owner<T>
where
    T: ::gcycle::Acyclic,
{
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::__private::assert_acyclic(&self.text);
        ::gcycle::__private::assert_acyclic(&self.value);
        ::gcycle::Tracer::report(__tracer, (&self.next,), "next");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Option<Gc<Owner<T>>>,)>(__ask).answer()
            && ::gcycle::__private::AskFields::untraced::<Gc<Text>>(__ask)
            && ::gcycle::__private::AskFields::untraced::<T>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl<T> ::gcycle::__private::AddTraceFinalizeToTheType for Owner<T> {}
