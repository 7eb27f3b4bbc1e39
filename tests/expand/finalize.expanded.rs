// Written by the unit tests of gcycle-derive; do not edit.

use gcycle::{Finalize, Gc, Trace};
struct Handle {
    owner: Gc<u8>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Handle {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        ::gcycle::__private::Fields::report((&self.owner,), "the owner", __tracer);
    }
    #[inline]
    fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<(Gc<u8>,)>::drops_quietly(__depth)
    }
    #[inline]
    fn finalizer() -> ::core::option::Option<fn(&Self)> {
        ::core::option::Option::Some(<Self as ::gcycle::Finalize>::finalize)
    }
    fn type_name() -> &'static ::core::primitive::str {
        "files::Handle"
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Handle {}
impl Finalize for Handle {
    fn finalize(&self) {}
}
