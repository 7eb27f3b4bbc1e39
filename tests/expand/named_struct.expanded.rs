// Written by the unit tests of gcycle-derive; do not edit.

use std::cell::RefCell;
use gcycle::{Gc, Trace};
struct Node {
    parent: RefCell<Option<Gc<Node>>>,
    children: RefCell<Vec<Gc<Node>>>,
    name: String,
    position: (u32, u32),
    r#type: u8,
}
#[automatically_derived]
unsafe impl ::gcycle::Trace for Node {
    #[inline(always)]
    fn trace(&self, __tracer: &mut ::gcycle::Tracer<'_>) {
        if false {
            ::gcycle::Tracer::check(self).__has_no_drop();
            ::gcycle::Tracer::check(self).__has_no_finalize();
        }
        ::gcycle::Tracer::report(
            __tracer,
            (&self.parent, &self.children, &self.name),
            "parent|children|name",
        );
    }
    #[inline]
    fn answer(
        __ask: ::gcycle::__private::AskFields<impl ::gcycle::__private::Ask>,
    ) -> ::core::primitive::bool {
        ::gcycle::__private::AskFields::traced::<
            (RefCell<Option<Gc<Node>>>, RefCell<Vec<Gc<Node>>>, String),
        >(__ask)
            .answer() && ::gcycle::__private::AskFields::untraced::<(u32, u32)>(__ask)
            && ::gcycle::__private::AskFields::untraced::<u8>(__ask)
    }
    #[inline]
    fn may_finalize(&self) -> ::core::primitive::bool {
        false
    }
}
