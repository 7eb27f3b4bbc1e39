//! Finalizers that run.

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

mod finalize_without_finalizer {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize)]
    struct Owner {
        name: String,
    }

    impl Finalize for Owner {
        fn finalize(&self) {}
    }
}

mod unmarked {
    use gcycle::{Finalize, Gc, Trace};

    #[derive(Trace)]
    #[trace(finalize)]
    pub(super) struct Session {
        pub(super) user: Gc<String>,
    }

    impl Finalize for Session {
        fn finalize(&self) {
            super::dies();
        }
    }
}

mod unmarked_generic_enum {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize)]
    pub(super) enum Owner<T> {
        Value(T),
        Nothing,
    }

    impl<T> Finalize for Owner<T> {
        fn finalize(&self) {
            super::dies();
        }
    }
}

mod unmarked_for_some_arguments {
    use gcycle::{Finalize, Trace};

    // For some arguments only, as the bound says.
    #[derive(Trace)]
    #[trace(finalize, bound = "T: Trace + std::fmt::Display")]
    pub(super) struct Owner<T> {
        pub(super) value: T,
    }

    impl<T: std::fmt::Display> Finalize for Owner<T> {
        fn finalize(&self) {
            super::dies();
        }
    }
}

mod unmarked_without_fields {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize, unsafe_drop)]
    pub(super) struct Marker;

    impl Finalize for Marker {
        fn finalize(&self) {
            super::dies();
        }
    }

    impl Drop for Marker {
        fn drop(&mut self) {
            super::dies();
        }
    }
}

fn main() {
    drop(Gc::new(unmarked::Session { user: Gc::new("Ada".into()) }));
    assert_eq!(DEAD.take(), 1);
    drop(Gc::new(unmarked_generic_enum::Owner::Value(Some(7))));
    assert_eq!(DEAD.take(), 1);
    drop(Gc::new(unmarked_for_some_arguments::Owner { value: 7 }));
    assert_eq!(DEAD.take(), 1);
    drop(Gc::new(unmarked_without_fields::Marker));
    assert_eq!(DEAD.take(), 2);
}
