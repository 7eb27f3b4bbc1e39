//! What takes the place of `Drop`, and `Drop` where it is allowed.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

use std::cell::Cell;

use gcycle::Gc;

thread_local! {
    /// How many values said that they die.
    static DEAD: Cell<u32> = const { Cell::new(0) };
}

fn dies() {
    DEAD.set(DEAD.get() + 1);
}

mod drop_on_a_generic_enum {
    use gcycle::Trace;

    // Its `Drop` looks at no `Gc`.
    #[derive(Trace)]
    #[trace(unsafe_drop)]
    pub(super) enum Owner<T> {
        Value(T),
    }

    impl<T> Drop for Owner<T> {
        fn drop(&mut self) {
            super::dies();
        }
    }
}

mod drop_on_a_struct {
    use gcycle::{Finalize, Gc, Trace};

    #[derive(Trace)]
    #[trace(finalize)]
    pub(super) struct Owner {
        pub(super) next: Option<Gc<Owner>>,
    }

    impl Finalize for Owner {
        fn finalize(&self) {
            super::dies();
        }
    }
}

mod drop_with_finalize {
    use gcycle::{Finalize, Trace};

    // Both words, for both traits.
    #[derive(Trace)]
    #[trace(finalize, unsafe_drop)]
    pub(super) struct Owner;

    impl Finalize for Owner {
        fn finalize(&self) {
            super::dies();
        }
    }

    impl Drop for Owner {
        fn drop(&mut self) {
            super::dies();
        }
    }
}

mod drop_and_finalize_unmarked {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize, unsafe_drop)]
    pub(super) struct Owner<'a, const N: usize> {
        pub(super) name: &'a str,
        pub(super) numbers: [u8; N],
    }

    impl<const N: usize> Finalize for Owner<'_, N> {
        fn finalize(&self) {
            super::dies();
        }
    }

    impl<const N: usize> Drop for Owner<'_, N> {
        fn drop(&mut self) {
            super::dies();
        }
    }
}

fn main() {
    drop(Gc::new(drop_on_a_generic_enum::Owner::Value(1)));
    assert_eq!(DEAD.take(), 1);
    let next = Some(Gc::new(drop_on_a_struct::Owner { next: None }));
    drop(Gc::new(drop_on_a_struct::Owner { next }));
    assert_eq!(DEAD.take(), 2);
    drop(Gc::new(drop_with_finalize::Owner));
    assert_eq!(DEAD.take(), 2);
    drop(Gc::new(drop_and_finalize_unmarked::Owner { name: "Ada", numbers: [1, 2] }));
    assert_eq!(DEAD.take(), 2);
}
