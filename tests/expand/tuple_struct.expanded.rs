// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace};
struct Pair(Gc<u8>, u32, Vec<Gc<u8>>);
#[automatically_derived]
unsafe impl ::gcycle::Trace for Pair {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.0, &self.2), "0|2");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<u8>, Vec<Gc<u8>>)>(__ask).answer()
            && ::gcycle::__private::AskFields::untraced::<u32>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
struct Unit;
#[automatically_derived]
unsafe impl ::gcycle::Trace for Unit {
    #[inline]
    fn trace(&self, _: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
    }
    #[inline]
    fn tracked() -> ::core::primitive::bool {
        false
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
#[automatically_derived]
impl ::gcycle::__private::Owns for Unit {
    type Owned = ();
}
#[automatically_derived]
impl ::gcycle::Acyclic for Unit {}
