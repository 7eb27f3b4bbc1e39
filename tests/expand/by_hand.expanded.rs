// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Gc, Trace, Tracer};
struct Slots(Vec<Gc<u8>>);
fn trace_slots(slots: &Slots, tracer: &mut Tracer<'_>) {
    slots.0.trace(tracer);
}
struct Owner {
    slots: Slots,
    next: Gc<u8>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Owner {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.next,), "next");
        unsafe {
            ::gcycle::__private::report_with(
                __tracer,
                "slots",
                trace_slots,
                &self.slots,
            );
        }
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::unknown::<Self>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
const _: unsafe fn() = {
    unsafe fn drop_is_harmless() {}
    drop_is_harmless
};
impl Drop for Owner {
    fn drop(&mut self) {}
}
