// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace};
struct Many {
    a: Gc<u8>,
    b: Gc<u8>,
    c: Gc<u8>,
    d: Gc<u8>,
    e: Gc<u8>,
    f: Gc<u8>,
    g: Gc<u8>,
    h: Gc<u8>,
    i: Gc<u8>,
    j: Gc<u8>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Many {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(
            __tracer,
            (&self.a, &self.b, &self.c, &self.d, &self.e, &self.f, &self.g, &self.h),
            "a|b|c|d|e|f|g|h",
        );
        ::gcycle::Tracer::report(__tracer, (&self.i, &self.j), "i|j");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<
            (
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
                Gc<u8>,
            ),
        >(__ask)
            .answer()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
