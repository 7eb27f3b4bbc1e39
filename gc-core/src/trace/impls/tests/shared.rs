//! Why what has several owners does not pass edges on.

use alloc::rc::{self, Rc};
use alloc::sync::Arc;

use super::{Handle, edges};
use crate::Gc;
use crate::object::edges::EdgeBuffer;
use crate::trace::contract::Trace;
use crate::trace::tracer::Tracer;

/// What the `trace` of `Rc` would be if it passed its edges on, as that of a
/// container of `im` would be, which shares structure between clones.
fn pass_on(shared: &Rc<Gc<u8>>, tracer: &mut Tracer<'_>) {
    Gc::trace(shared, tracer);
}

#[test]
fn an_edge_behind_a_shared_owner_would_be_counted_once_for_each_owner() {
    let on_the_stack = Gc::new(0);
    let first = Rc::new(Gc::clone(&on_the_stack));
    let second = Rc::clone(&first);

    let mut reported = EdgeBuffer::new();
    pass_on(&first, &mut Tracer::new(&mut reported));
    pass_on(&second, &mut Tracer::new(&mut reported));

    // Two handles: the one on the stack, and the one in the `Rc`. Take away
    // what was reported, and nothing is left of the count. A collection of the
    // two owners would free the object under the handle on the stack.
    assert_eq!(Gc::strong_count(&on_the_stack), 2);
    assert_eq!(reported.len(), 2);
}

#[test]
fn shared_owners_of_acyclic_contents_report_nothing() {
    let shared = Rc::new(Handle::new(0));
    assert_eq!(edges(&shared), 0);
    assert_eq!(edges(&Rc::downgrade(&shared)), 0);
    assert_eq!(edges(&Arc::new(0_u8)), 0);
    assert_eq!(edges(&rc::Weak::<Handle>::new()), 0);
}
