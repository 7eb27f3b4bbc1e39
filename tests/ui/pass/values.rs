//! Each value in its form.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod acyclic_with_a_value {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(acyclic)]
        name: String,
    }
}

mod bound_in_parentheses {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace")]
    struct Owner<T> {
        value: T,
    }
}

mod bound_is_no_predicate {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace, Vec<T>: Clone,")]
    struct Owner<T> {
        value: T,
    }
}

mod bound_names_no_parameter {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace")]
    struct Owner<T> {
        value: T,
    }
}

mod bound_without_a_value {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner<T> {
        #[trace(bound = "T: Trace")]
        value: T,
    }
}

mod bound_without_quotes {
    use gcycle::Trace;

    // The `where` is optional.
    #[derive(Trace)]
    #[trace(bound = "where T: Trace")]
    struct Owner<T> {
        value: T,
    }
}

mod crate_in_quotes {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = gcycle)]
    struct Owner {
        name: String,
    }
}

mod crate_that_does_not_exist {
    use gcycle::Trace;

    mod somewhere {
        pub(super) use gcycle as heap;
    }

    #[derive(Trace)]
    #[trace(crate = somewhere::heap)]
    struct Owner {
        name: String,
    }
}

mod crate_without_a_value {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = ::gcycle)]
    struct Owner {
        name: String,
    }
}

mod finalize_with_arguments {
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

mod name_is_empty {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(name = " ")]
        name: String,
    }
}

mod name_is_no_string {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(name = "3")]
    pub(super) struct Owner {
        name: String,
    }
}

mod name_with_a_bar {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(name = "left/right")]
        name: String,
    }
}

mod name_without_a_value {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(name = "a name")]
        name: String,
    }
}

mod skip_with_a_value {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod unsafe_with_a_closure {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod unsafe_with_another_signature {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner<T> {
        #[trace(unsafe_with = trace_str)]
        name: String,
        #[trace(unsafe_with = trace_any::<T>, bound = "T: Trace")]
        value: T,
    }

    // What the reference coerces to will do.
    fn trace_str(_: &str, _: &mut Tracer<'_>) {}

    // SAFETY: calling it is always sound; unsafe functions are accepted too.
    unsafe fn trace_any<T: Trace>(value: &T, tracer: &mut Tracer<'_>) {
        value.trace(tracer);
    }
}

mod unsafe_with_in_quotes {
    use gcycle::Trace;

    mod functions {
        pub(super) fn trace_name(_: &String, _: &mut gcycle::Tracer<'_>) {}
    }

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = functions::trace_name)]
        name: String,
    }
}

mod unsafe_with_without_a_value {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = self::trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

fn main() {
    use gcycle::Trace;

    assert_eq!(name_is_no_string::Owner::type_name(), "3");
}
