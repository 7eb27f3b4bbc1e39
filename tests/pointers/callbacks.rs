//! Callbacks whose captures are traced.

use std::cell::{Cell, RefCell};

use gcycle::{Call, Closure, Gc, Trace, Tracer, Untraced, gc, unsize};

use crate::kinds::{Drops, Watched, stir};

struct Button {
    clicks: Cell<u32>,
    listeners: RefCell<Vec<Gc<dyn Call<u32, u32>>>>,
    _watched: Watched,
}

impl Button {
    fn new(drops: &Drops) -> Gc<Button> {
        let (clicks, listeners) = (Cell::new(0), RefCell::default());
        Gc::new(Button { clicks, listeners, _watched: drops.watch() })
    }

    fn click(&self) -> u32 {
        self.listeners.borrow().iter().map(|listener| listener.call(1)).sum()
    }
}

// SAFETY: the listeners are reported once each.
unsafe impl Trace for Button {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.listeners.trace(tracer);
    }
}

fn count(button: &Gc<Button>, by: u32) -> u32 {
    button.clicks.set(button.clicks.get() + by);
    button.clicks.get()
}

#[test]
fn a_listener_that_captures_its_own_button_is_collected() {
    let drops = Drops::new();
    let button = Button::new(&drops);
    let listener = Gc::new(Closure::new(button.clone(), count));
    button.listeners.borrow_mut().push(unsize!(listener => dyn Call<u32, u32>));
    stir();
    assert_eq!((button.click(), button.click()), (1, 2));
    drop(button);
    assert_eq!(drops.count(), 0);
    assert_eq!(gc::collect(), 2);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_plain_closure_keeps_its_captures() {
    let drops = Drops::new();
    let button = Button::new(&drops);
    let captured = button.clone();
    let listener = Gc::new(Untraced(move |by| count(&captured, by)));
    button.listeners.borrow_mut().push(unsize!(listener => dyn Call<u32, u32>));
    let weak = Gc::downgrade(&button);
    drop(button);
    assert_eq!(gc::collect(), 0);
    let button = weak.upgrade().expect("the listener keeps it");
    assert_eq!(button.click(), 1);
    button.listeners.borrow_mut().clear();
    drop(button);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_callback_is_called_directly_and_through_its_trait() {
    let add = Closure::new(3, |&n: &i32, (a, b): (i32, i32)| n + a * b);
    assert_eq!(add.call((4, 5)), 23);
    assert_eq!(*add.captures(), 3);
    let boxed: Box<dyn Call<(i32, i32), i32>> = Box::new(add);
    assert_eq!(boxed.call((1, 1)), 4);
    assert_eq!(add.into_captures(), 3);
    assert_eq!(format!("{add:?}"), "Closure(3)");
}

#[test]
fn a_callback_may_drop_the_last_other_handle_to_itself() {
    type Slot = Gc<RefCell<Option<Gc<dyn Call<(), usize>>>>>;
    let slot: Slot = Gc::new(RefCell::new(None));
    let listener = Gc::new(Closure::new(slot.clone(), |slot: &Slot, ()| {
        slot.borrow_mut().take();
        stir();
        Gc::strong_count(slot)
    }));
    *slot.borrow_mut() = Some(unsize!(listener.clone() => dyn Call<(), usize>));
    let copy = slot.borrow().clone().unwrap();
    drop(listener);
    assert_eq!(copy.call(()), 2);
    drop(copy);
    assert_eq!(Gc::strong_count(&slot), 1);
}
