//! Values of every size and alignment, each where it belongs and in nobody
//! else's way.

use std::cell::Cell;

use gcycle::{Gc, Trace, Tracer, gc};

thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// So many values of one layout fill more than a page, but not under Miri.
const MANY: u8 = if cfg!(miri) { 2 } else { 100 };

/// Counts the values that are there.
struct Counted;

impl Counted {
    fn new() -> Counted {
        ALIVE.set(ALIVE.get() + 1);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

macro_rules! aligned {
    ($($name:ident $align:literal)*) => {$(
        #[repr(align($align))]
        struct $name<const N: usize>([u8; N], Counted);

        // SAFETY: owns no handle.
        unsafe impl<const N: usize> Trace for $name<N> {
            fn trace(&self, _: &mut Tracer<'_>) {}

            fn tracked() -> bool {
                N % 2 == 0
            }
        }

        impl<const N: usize> $name<N> {
            fn check() {
                let make = |byte| Gc::new($name([byte; N], Counted::new()));
                let values: Vec<_> = (0..MANY).map(make).collect();
                for (byte, value) in (0_u8..).zip(&values) {
                    assert_eq!(Gc::as_ptr(value).addr() % $align, 0);
                    assert!(value.0 == [byte; N]);
                    assert_eq!(gc::is_tracked(value), N % 2 == 0);
                }
                let weak = Gc::downgrade(&values[0]);
                drop(values);
                assert!(weak.upgrade().is_none());
                assert_eq!(ALIVE.get(), 0);
            }
        }
    )*};
}

aligned! { A1 1 A2 2 A8 8 A16 16 A32 32 A64 64 A256 256 A1024 1024 A4096 4096 }

macro_rules! check {
    ($($name:ident)*) => {$(
        $name::<0>::check();
        $name::<1>::check();
        $name::<7>::check();
        $name::<24>::check();
        $name::<100>::check();
        $name::<513>::check();
        $name::<4000>::check();
        $name::<8176>::check();
        $name::<8177>::check();
        $name::<28_656>::check();
        $name::<28_657>::check();
        $name::<70_000>::check();
    )*};
}

#[test]
fn values_of_every_layout_have_a_place_of_their_own() {
    check! { A1 A2 A8 A16 A32 A64 A256 A1024 A4096 }
    gc::trim();
    assert_eq!(gc::memory().objects, 0);
    assert_eq!(gc::memory().reserved_bytes, 0);
}

#[test]
fn a_value_without_a_size_is_dropped_once() {
    struct Nothing(Counted);
    // SAFETY: owns no handle.
    unsafe impl Trace for Nothing {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    assert_eq!(size_of::<Nothing>(), 0);
    let count = if cfg!(miri) { 50 } else { 1000 };
    let values: Vec<_> = (0..count).map(|_| Gc::new(Nothing(Counted::new()))).collect();
    assert_eq!(ALIVE.get(), count);
    assert!(values.windows(2).all(|two| !Gc::ptr_eq(&two[0], &two[1])));
    drop(values);
    assert_eq!(ALIVE.get(), 0);
}
