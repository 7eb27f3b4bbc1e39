//! The ways out for a field that is not `Trace`.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod arc_of_a_gc {
    use std::sync::Mutex;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner {
        // A `Gc` shares, and is seen.
        shared: Gc<Mutex<Vec<Gc<Owner>>>>,
    }
}

mod borrowed_gc {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner<'a> {
        cloned: Gc<Owner<'static>>,
        borrowed: &'a Gc<String>,
    }
}

mod closure {
    use gcycle::{Closure, Gc, Trace};

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        callback: Box<dyn Fn(u32)>,
        // Captures that can be seen.
        traced: Gc<dyn Fn(u32)>,
        in_place: Closure<Gc<Owner>, fn(&Gc<Owner>, u32)>,
        function: fn(u32),
    }
}

mod not_trace {
    use gcycle::{Trace, Untraced};

    struct Foreign;

    #[derive(Trace)]
    struct Own;

    #[derive(Trace)]
    struct Owner {
        number: u32,
        own: Own,
        #[trace(skip)]
        skipped: Foreign,
        wrapped: Untraced<Foreign>,
    }
}

mod not_trace_in_a_variant {
    use gcycle::Trace;

    struct Foreign;

    #[derive(Trace)]
    enum Owner {
        Nothing,
        Foreign(#[trace(skip)] Option<Foreign>, String),
        #[trace(skip)]
        Two(Foreign, Foreign),
    }
}

mod not_trace_inside_containers {
    use std::cell::RefCell;

    use gcycle::{Trace, Untraced};

    struct Foreign;

    #[derive(Trace)]
    struct Owner {
        number: u32,
        foreign: RefCell<Vec<Untraced<Foreign>>>,
    }
}

mod not_trace_twice {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Own;
    struct Other;

    #[derive(Trace)]
    struct Owner {
        own: Own,
        name: String,
        #[trace(skip)]
        other: Other,
    }
}

mod rc_of_a_gc {
    use std::cell::RefCell;
    use std::rc::Rc;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    pub(super) struct Owner {
        // A `Gc` in place of the `Rc` is seen.
        pub(super) shared: Gc<RefCell<Option<Gc<Owner>>>>,
        // What leads nowhere may be in an `Rc`.
        pub(super) acyclic: Rc<RefCell<Option<Gc<String>>>>,
    }
}

mod trait_object {
    use gcycle::Trace;

    trait Shape: Trace {}

    #[derive(Trace)]
    struct Owner {
        shapes: Vec<Box<dyn Shape>>,
    }
}

mod unsafe_cell {
    use std::cell::{Cell, UnsafeCell};

    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        cell: Cell<u32>,
        #[trace(skip)]
        skipped: UnsafeCell<u32>,
    }
}

mod weak_of_rc {
    use std::cell::RefCell;

    use gcycle::{Gc, Trace, Weak};

    #[derive(Trace)]
    struct Element {
        parent: RefCell<Weak<Element>>,
        children: Vec<Gc<Element>>,
    }
}

mod rc_of_a_closure {
    use std::rc::Rc;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner {
        callback: Gc<dyn Fn(u32)>,
        sent: Rc<dyn Fn(u32) + Send>,
        #[trace(skip)]
        skipped: Rc<dyn Fn(u32)>,
    }
}

mod rc_of_a_type_of_mine {
    use std::rc::Rc;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Settings {
        width: u32,
    }

    #[derive(Trace)]
    struct Owner {
        settings: Rc<Settings>,
        shared: Gc<Settings>,
    }
}

mod container_without_its_feature {
    use gcycle::{Gc, Trace};

    // What the feature does.
    mod indexmap {
        use gcycle::{Trace, Tracer};

        pub struct IndexMap<K, V>(pub Vec<(K, V)>);

        unsafe impl<K: Trace, V: Trace> Trace for IndexMap<K, V> {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                self.0.trace(tracer);
            }
        }
    }

    #[derive(Trace)]
    struct Owner {
        children: indexmap::IndexMap<String, Gc<Owner>>,
    }
}

fn main() {
    let shared = gcycle::Gc::default();
    let owner =
        rc_of_a_gc::Owner { shared: gcycle::Gc::clone(&shared), acyclic: Default::default() };
    *shared.borrow_mut() = Some(gcycle::Gc::new(owner));
    drop(shared);
    assert_eq!(gcycle::gc::collect(), 2);
}
