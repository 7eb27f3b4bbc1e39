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
        ::gcycle::__private::Fields::report(
            (&self.a, &self.b, &self.c, &self.d, &self.e, &self.f, &self.g, &self.h),
            "a|b|c|d|e|f|g|h",
            __tracer,
        );
        ::gcycle::__private::Fields::report((&self.i, &self.j), "i|j", __tracer);
    }
    #[inline]
    fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<
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
        >::drops_quietly(__depth)
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Many {}
