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
        match self {
            Self::List { 0: __field0, 1: __field1, .. } => {
                ::gcycle::__private::Fields::report(
                    (&*__field0, &*__field1),
                    "List.0|List.1",
                    __tracer,
                );
            }
            Self::Object { class: __field0, fields: __field2, .. } => {
                ::gcycle::__private::Fields::report(
                    (&*__field0, &*__field2),
                    "Object.class|Object.fields",
                    __tracer,
                );
            }
            _ => {}
        }
    }
    #[inline]
    fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<
            (f64, Vec<Value>, Gc<Value>, Gc<Value>, usize, Vec<Value>),
        >::drops_quietly(__depth)
            && ::gcycle::__private::Probe::<
                std::thread::ThreadId,
            >::drops_quietly(__depth)
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Value {}
