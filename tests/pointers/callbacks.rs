//! Callbacks whose captures are traced.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::{Closure, Gc, Trace, Tracer, Weak, gc, unsize};

use crate::kinds::{Drops, Watched, stir};

/// What listeners are told; it is lent to them.
struct Event {
    by: u32,
}

type Counter = Gc<dyn Fn(&Event) -> u32>;
type Listener = Gc<dyn Fn(&Event)>;

struct Button {
    clicks: Cell<u32>,
    listeners: RefCell<Vec<Counter>>,
    _watched: Watched,
}

impl Button {
    fn new(drops: &Drops) -> Gc<Button> {
        let (clicks, listeners) = (Cell::new(0), RefCell::default());
        Gc::new(Button { clicks, listeners, _watched: drops.watch() })
    }

    fn click(&self) -> u32 {
        let event = Event { by: 1 };
        self.listeners.borrow().iter().map(|listener| listener(&event)).sum()
    }
}

// SAFETY: the listeners are reported once each.
unsafe impl Trace for Button {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.listeners.trace(tracer);
    }
}

fn count(button: &Gc<Button>, event: &Event) -> u32 {
    button.clicks.set(button.clicks.get() + event.by);
    button.clicks.get()
}

#[test]
fn a_listener_that_captures_its_own_button_is_collected() {
    let drops = Drops::new();
    let button = Button::new(&drops);
    button.listeners.borrow_mut().push(Gc::new_closure(button.clone(), count));
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
    let listener = Gc::new_untraced(move |event: &Event| count(&captured, event));
    button.listeners.borrow_mut().push(unsize!(listener => dyn Fn(&Event) -> u32));
    let weak = Gc::downgrade(&button);
    drop(button);
    assert_eq!(gc::collect(), 0);
    let button = weak.upgrade().expect("the listener keeps it");
    assert_eq!(button.click(), 1);
    button.listeners.borrow_mut().clear();
    drop(button);
    assert_eq!(drops.count(), 1);
}

/// A bus that any part of a program listens to.
#[derive(Default, Trace)]
struct Bus {
    listeners: RefCell<Vec<Listener>>,
}

impl Bus {
    fn listen(&self, listener: &Listener) {
        self.listeners.borrow_mut().push(listener.clone());
    }

    fn forget(&self, listener: &Listener) {
        self.listeners.borrow_mut().retain(|known| !Gc::ptr_eq(known, listener));
    }

    fn emit(&self, event: &Event) {
        let listeners = self.listeners.borrow().clone();
        for listener in listeners {
            listener(event);
        }
    }
}

#[test]
fn a_bus_stores_listeners_with_different_captures_which_are_lent_the_event() {
    let bus: Gc<Bus> = Gc::default();
    let total: Gc<Cell<u32>> = Gc::default();
    let log: Gc<RefCell<Vec<u32>>> = Gc::default();
    let sum = Gc::new_closure(total.clone(), |total: &Gc<Cell<u32>>, event: &Event| {
        total.set(total.get() + event.by);
    });
    bus.listen(&sum);
    let captures = (log.clone(), bus.clone());
    bus.listen(&Gc::<dyn Fn(&Event)>::new_closure(captures, |(log, bus), event| {
        log.borrow_mut().push(event.by);
        if event.by == 0 {
            bus.listeners.borrow_mut().clear();
        }
    }));
    bus.emit(&Event { by: 2 });
    bus.forget(&sum);
    bus.emit(&Event { by: 3 });
    stir();
    bus.emit(&Event { by: 0 });
    bus.emit(&Event { by: 4 });
    assert_eq!((total.get(), log.take()), (2, vec![2, 3, 0]));
    assert_eq!(bus.listeners.borrow().len(), 0);
}

#[test]
fn arguments_are_owned_and_borrowed_in_any_mixture() {
    let five = || Gc::new(5);
    let none = Gc::<dyn Fn() -> i32>::new_closure(five(), |five| **five);
    let owned = Gc::<dyn Fn(String) -> usize>::new_closure(five(), |_, text| text.len());
    let lent = Gc::<dyn Fn(&str) -> usize>::new_closure(five(), |_, text| text.len());
    let changed = Gc::<dyn Fn(&mut i32)>::new_closure(five(), |five, n| *n += **five);
    let two = Gc::<dyn Fn(&[i32], &mut Vec<i32>)>::new_closure(five(), |five, from, to| {
        to.extend(from.iter().map(|n| n * **five));
    });
    let three = Gc::<dyn Fn(&mut Vec<i32>, i32, &i32) -> bool>::new_closure((), |(), to, n, m| {
        to.push(n * m);
        to.len() > 3
    });
    let six = Gc::<dyn Fn(u8, u16, u32, u64, i8, i16) -> i32>::new_closure(
        five(),
        |five, _, _, _, _, a, b| **five + i32::from(a) + i32::from(b),
    );
    stir();
    assert_eq!((none(), owned("four".to_owned()), lent(&String::from("six"))), (5, 4, 3));
    let mut n = 1;
    changed(&mut n);
    let mut list = vec![n];
    two(&[1, 2], &mut list);
    assert!(three(&mut list, 2, &n));
    assert_eq!(list, [6, 5, 10, 12]);
    assert_eq!(six(0, 0, 0, 0, 1, -2), 4);
}

#[test]
fn captures_of_any_size_and_alignment_are_where_the_function_finds_them() {
    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Wide([u8; 64]);
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Wide {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let wide = Gc::<dyn Fn(&u8) -> bool>::new_closure(Wide([7; 64]), |wide, n| {
        (&raw const *wide).addr() % 64 == 0 && wide.0.iter().all(|byte| byte == n)
    });
    let nothing = Gc::<dyn Fn(&u8) -> u8>::new_closure((), |(), n| *n);
    let captures = (1_u8, 2_u16, [3_u8; 5]);
    let odd = Gc::<dyn Fn(&u8) -> u32>::new_closure(captures, |&(a, b, c), n| {
        u32::from(a) + u32::from(b) + u32::from(c[4]) + u32::from(*n)
    });
    assert!(wide(&7));
    assert_eq!((nothing(&9), odd(&4)), (9, 10));
    let plain = [6_u64; 3];
    let large = Gc::<dyn Fn(&usize) -> u64>::new_closure([5_u8; 10_000], move |bytes, at| {
        u64::from(bytes[*at]) + plain[2]
    });
    assert_eq!(large(&9_999), 11);
}

#[test]
fn captures_are_dropped_once_with_the_last_handle_of_any_type() {
    type Slot = Gc<RefCell<Option<Gc<dyn Fn(&u8)>>>>;
    let drops = Drops::new();
    let new = || Gc::<dyn Fn(&u8) -> u8>::new_closure(drops.watch(), |_, n| *n);
    // By the type of the handle, by the type of the object, and in a cycle.
    drop(new());
    assert_eq!(drops.count(), 1);
    let erased = gc::Object::from(&new());
    assert!(erased.type_name().contains("Closure<"));
    drop(erased);
    assert_eq!(drops.count(), 2);
    let weak = {
        let strong = new();
        let weak = Gc::downgrade(&strong);
        assert_eq!(weak.upgrade().map(|callback| callback(&3)), Some(3));
        weak
    };
    assert_eq!((weak.upgrade().is_none(), drops.count()), (true, 3));
    let slot: Slot = Gc::default();
    let captures = (slot.clone(), drops.watch());
    *slot.borrow_mut() = Some(Gc::<dyn Fn(&u8)>::new_closure(captures, |_, _| {}));
    drop(slot);
    assert_eq!((gc::collect(), drops.count()), (2, 4));
}

#[test]
fn a_callback_lies_in_its_owner_and_shows_its_captures() {
    type Add = Closure<i32, fn(&i32, &i32, i32) -> i32>;
    type Called = dyn Fn(&i32, i32) -> i32;
    let add = Add::new(3, |&n, a, b| n + a * b);
    assert_eq!((add.as_fn::<Called>()(&4, 5), *add.captures()), (23, 3));
    let copy = add;
    assert_eq!((copy.as_fn::<Called>()(&1, 1), format!("{add:?}").as_str()), (4, "Closure(3)"));
    let shared = Gc::<Called>::new_closure(3, |&n, a, b| n + a * b);
    assert_eq!((shared(&2, 2), add.into_captures()), (7, 3));
    let function: fn(&i32, &i32, i32) -> i32 = |&n, a, b| n + a * b;
    let named = Gc::<Called>::new_closure(3, function);
    let typed = gc::Object::from(&named).downcast::<Add>().expect("that is what it is");
    drop(named);
    assert_eq!(Gc::try_unwrap(typed).map(Closure::into_captures).ok(), Some(3));
}

#[test]
fn a_callback_may_drop_the_last_other_handle_to_itself() {
    type Slot = Gc<RefCell<Option<Gc<dyn Fn(&str) -> usize>>>>;
    let slot: Slot = Gc::default();
    let listener = Gc::<dyn Fn(&str) -> usize>::new_closure(slot.clone(), |slot, text| {
        slot.borrow_mut().take();
        stir();
        Gc::strong_count(slot) + text.len()
    });
    *slot.borrow_mut() = Some(listener.clone());
    let copy = slot.borrow().clone().unwrap();
    drop(listener);
    assert_eq!(copy("..."), 5);
    drop(copy);
    assert_eq!(Gc::strong_count(&slot), 1);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_callback_may_panic_collect_and_call_itself() {
    type Slot = Gc<RefCell<Option<Gc<dyn Fn(&mut Vec<u32>, u32)>>>>;
    let slot: Slot = Gc::default();
    let recurse = |slot: &Slot, out: &mut Vec<u32>, n: u32| {
        out.push(n);
        gc::collect();
        assert_ne!(n, 0, "the end");
        let this = slot.borrow().clone().expect("it is in its slot");
        this(out, n - 1);
    };
    *slot.borrow_mut() = Some(Gc::new_closure(slot.clone(), recurse));
    let callback = slot.borrow().clone().unwrap();
    let mut out = Vec::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| callback(&mut out, 2))).is_err();
    assert_eq!((panicked, out), (true, vec![2, 1, 0]));
    drop((slot, callback));
    assert_eq!(gc::collect(), 2);
}

#[test]
fn a_weak_handle_among_captures_tells_that_it_is_garbage_itself() {
    type Callback = Closure<Weak<Owner>, fn(&Weak<Owner>)>;
    #[derive(Trace)]
    struct Owner {
        this: RefCell<Option<Gc<Owner>>>,
        callbacks: RefCell<Vec<Callback>>,
    }
    let called = std::rc::Rc::new(Cell::new(false));
    let owner = Gc::new(Owner { this: RefCell::default(), callbacks: RefCell::default() });
    let tell = std::rc::Rc::clone(&called);
    let weak = Gc::downgrade_with(&owner, move || tell.set(true));
    owner.callbacks.borrow_mut().push(Closure::new(weak, |_| {}));
    *owner.this.borrow_mut() = Some(owner.clone());
    drop(owner);
    assert_eq!((gc::collect(), called.get()), (1, false));
}
