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
        ::gcycle::__private::Fields::report(
            (&self.parent, &self.children, &self.name),
            "parent|children|name",
            __tracer,
        );
    }
    #[inline]
    fn drops_quietly(__depth: ::core::primitive::u32) -> ::core::primitive::bool {
        use ::gcycle::__private::Unproven as _;
        ::gcycle::__private::Probe::<
            (RefCell<Option<Gc<Node>>>, RefCell<Vec<Gc<Node>>>, String, (u32, u32), u8),
        >::drops_quietly(__depth)
    }
}
#[automatically_derived]
impl ::gcycle::__private::ImplementFinalizeInsteadOfDrop for Node {}
