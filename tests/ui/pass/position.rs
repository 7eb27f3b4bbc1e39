//! Every word where it belongs.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod acyclic_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(acyclic)]
    enum OnTheType {
        Name(String),
    }

    #[derive(Trace)]
    enum OnAField {
        Name(#[trace(acyclic)] String),
    }
}

mod bound_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace")]
    enum OnTheType<T> {
        Value(T),
    }

    #[derive(Trace)]
    enum OnAField<T> {
        Value(#[trace(bound = "T: Trace")] T),
    }
}

mod crate_on_a_field {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = gcycle)]
    struct Owner {
        name: String,
    }
}

mod crate_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = gcycle)]
    enum Owner {
        Name(String),
    }
}

mod finalize_on_a_field {
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

mod finalize_on_a_variant {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize)]
    enum Owner {
        Name(String),
    }

    // It can tell the variants apart.
    impl Finalize for Owner {
        fn finalize(&self) {
            let Owner::Name(_) = self;
        }
    }
}

mod name_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(name = "owner")]
    pub(super) enum Owner {
        Name(#[trace(name = "name")] String),
    }
}

mod on_a_parameter {
    use gcycle::Trace;

    // On the field: then the parameter needs nothing.
    #[derive(Trace)]
    struct Owner<T> {
        #[trace(skip)]
        value: T,
    }
}

mod skip_on_a_type {
    use gcycle::Trace;

    #[derive(Trace)]
    struct OnAField {
        #[trace(skip)]
        name: String,
    }

    #[derive(Trace)]
    enum OnAVariant {
        #[trace(skip)]
        Name(String),
    }
}

mod unsafe_drop_on_a_field {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }
}

mod unsafe_drop_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    enum Owner {
        Name(String),
    }
}

mod unsafe_with_on_a_type {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod unsafe_with_on_a_variant {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    enum Owner {
        Name(#[trace(unsafe_with = trace_name)] String),
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

fn main() {
    use gcycle::Trace;

    assert_eq!(name_on_a_variant::Owner::type_name(), "owner");
}
