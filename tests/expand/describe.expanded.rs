// Written by the unit tests of gcycle-derive; do not edit.

use std::fmt;
use gcycle::{Gc, Trace};
struct User {
    name: Gc<str>,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for User {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(__tracer, (&self.name,), "name");
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<(Gc<str>,)>(__ask).answer()
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
    fn describer() -> ::core::option::Option<
        fn(&Self, &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result,
    > {
        let __function: fn(
            &Self,
            &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result = ::gcycle::__private::display::<Self>;
        ::core::option::Option::Some(__function)
    }
}
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
struct Order(u32);
#[automatically_derived]
unsafe impl ::gcycle::Trace for Order {
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
    fn describer() -> ::core::option::Option<
        fn(&Self, &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result,
    > {
        let __function: fn(
            &Self,
            &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result = by_number;
        ::core::option::Option::Some(__function)
    }
}
#[automatically_derived]
impl ::gcycle::__private::Owns for Order {
    type Owned = ();
}
#[automatically_derived]
impl ::gcycle::Acyclic for Order {}
fn by_number(order: &Order, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "#{}", order.0)
}
