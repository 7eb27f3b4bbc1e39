// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace};
enum Value {
    Nil,
    Number(f64),
    List(Vec<Value>, Gc<Value>),
    Object { class: Gc<Value>, size: usize, fields: Vec<Value> },
    Thread(std::thread::ThreadId),
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Value {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        match *self {
            Self::List { 0: ref __field0, 1: ref __field1, .. } => {
                ::gcycle::Tracer::report(
                    __tracer,
                    (&*__field0, &*__field1),
                    "List.0|List.1",
                );
            }
            Self::Object { class: ref __field0, fields: ref __field2, .. } => {
                ::gcycle::Tracer::report(
                    __tracer,
                    (&*__field0, &*__field2),
                    "Object.class|Object.fields",
                );
            }
            _ => {}
        }
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<
            (Vec<Value>, Gc<Value>, Gc<Value>, Vec<Value>),
        >(__ask)
            .answer() && ::gcycle::__private::AskFields::untraced::<f64>(__ask)
            && ::gcycle::__private::AskFields::untraced::<usize>(__ask)
            && ::gcycle::__private::AskFields::untraced::<std::thread::ThreadId>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
