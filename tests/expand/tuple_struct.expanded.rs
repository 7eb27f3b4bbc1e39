// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace};
struct Pair(Gc<u8>, u32, Vec<Gc<u8>>);
#[automatically_derived]
unsafe impl ::gcycle::Trace for Pair {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        ::gcycle::__private::Fields::report((&self.0, &self.2), "0|2", __tracer);
    }
    #[inline]
    fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<(Gc<u8>, u32, Vec<Gc<u8>>)>::drops_quietly(__depth)
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Pair {}
struct Unit;
#[automatically_derived]
unsafe impl ::gcycle::Trace for Unit {
    #[inline]
    fn trace(&self, _: &mut ::gcycle::Tracer<'_>) {}
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Unit {}
