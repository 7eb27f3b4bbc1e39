// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Finalize, Gc, Trace};
struct Handle {
    owner: Gc<u8>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Handle {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
        }
        ::gcycle::Tracer::report(__tracer, (&self.owner,), "the owner");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<u8>,)>(__ask).answer()
    }
    #[inline]
    fn finalizer() -> ::core::option::Option<fn(&Self)> {
        ::core::option::Option::Some(<Self as ::gcycle::Finalize>::finalize)
    }
    fn finalize_all(&self, __finalizing: &mut ::gcycle::__private::Finalizing) {
        ::gcycle::__private::Finalizing::own(
            __finalizing,
            self,
            <Self as ::gcycle::Finalize>::finalize,
        );
        <Self as ::gcycle::Trace>::finalize_contents(self, __finalizing);
    }
    fn type_name() -> &'static ::core::primitive::str {
        "files::Handle"
    }
}
impl Finalize for Handle {
    fn finalize(&self) {}
}
