//! What the attributes of other collectors become.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod bacon_rajan_ignore_trace {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod boa_gc_empty_trace {
    use gcycle::Trace;

    // It owns no `Gc`, so it is not tracked.
    #[derive(Trace)]
    pub(super) struct Owner {
        name: String,
    }
}

mod boa_gc_unsafe_no_drop {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }

    impl Drop for Owner {
        fn drop(&mut self) {}
    }
}

mod dumpster_crate {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = gcycle)]
    struct Owner {
        name: String,
    }
}

mod gc_arena_bound {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "where T: Trace")]
    struct Owner<T> {
        value: T,
    }
}

mod gc_arena_no_drop {
    use gcycle::Trace;

    // No type has a `Drop` unless it says so.
    #[derive(Trace)]
    struct Owner {
        name: String,
    }
}

mod gc_arena_require_static {
    use gcycle::Trace;

    struct Foreign;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        foreign: Foreign,
    }
}

mod gc_arena_unsafe_drop {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }

    impl Drop for Owner {
        fn drop(&mut self) {}
    }
}

mod gc_on_a_field {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod gcmodule_tracking {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(acyclic)]
    pub(super) struct Owner {
        name: Gc<String>,
    }
}

mod gcmodule_with {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod rust_cc_ignore {
    use gcycle::Trace;

    #[derive(Trace)]
    enum Owner {
        #[trace(skip)]
        Name(String),
    }
}

mod rust_cc_unsafe_no_drop {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }

    impl Drop for Owner {
        fn drop(&mut self) {}
    }
}

mod samsara_ignore {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod shredder_skip_scan {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod zerogc_something_else {
    use gcycle::Trace;

    // That a type is `Copy` need not be said.
    #[derive(Clone, Copy, Trace)]
    struct Owner {
        name: &'static str,
    }
}

fn main() {
    use gcycle::Trace;

    assert!(!boa_gc_empty_trace::Owner::tracked());
    assert!(!gcmodule_tracking::Owner::tracked());
}
