//! What cannot be looked at during a collection is kept, and found later.

use std::cell::{Cell, RefCell};

use gcycle::{Gc, Trace, gc};

use super::{Link, ring_of_two};

#[test]
fn a_ring_behind_a_mutably_borrowed_cell_is_found_once_the_borrow_is_over() {
    gc::disable();
    let holder = Gc::new(RefCell::new(Vec::<Gc<Link>>::new()));
    let ring = ring_of_two();
    {
        let mut borrowed = holder.borrow_mut();
        borrowed.push(ring.clone());
        drop(ring);
        assert_eq!(gc::collect(), 0);
        assert!(borrowed[0].next.borrow().is_some(), "nothing was lost");
    }
    assert_eq!(gc::collect(), 0, "the holder still holds it");
    drop(holder);
    assert_eq!(gc::collect(), 2);
}

#[test]
fn a_ring_that_is_borrowed_while_it_becomes_garbage_is_found_later() {
    #[derive(Trace)]
    struct Own {
        itself: RefCell<Option<Gc<Own>>>,
    }
    gc::disable();
    let own = Gc::new(Own { itself: RefCell::new(None) });
    {
        let mut itself = own.itself.borrow_mut();
        *itself = Some(own.clone());
        assert_eq!(gc::collect(), 0);
    }
    drop(own);
    assert_eq!(gc::collect(), 1);
}

#[test]
fn a_cell_with_a_handle_is_traced() {
    #[derive(Trace)]
    struct Slot {
        handle: Cell<Option<Gc<Slot>>>,
    }
    gc::disable();
    let slot = Gc::new(Slot { handle: Cell::new(None) });
    slot.handle.set(Some(slot.clone()));
    assert_eq!(Gc::strong_count(&slot), 2);
    drop(slot);
    assert_eq!(gc::collect(), 1);
}
