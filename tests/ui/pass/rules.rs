//! Words that go together, and words that stand alone.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod acyclic_and_bound {
    use gcycle::Trace;

    // Asks for `T: Acyclic`.
    #[derive(Trace)]
    struct Owner<T> {
        #[trace(acyclic)]
        value: T,
    }
}

mod acyclic_and_name {
    use gcycle::Trace;

    // An acyclic field has no label; those of an acyclic type do.
    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        #[trace(acyclic)]
        left_out: String,
        #[trace(name = "label")]
        name: String,
    }
}

mod acyclic_and_unsafe_with {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(acyclic)]
        left_out: String,
        #[trace(unsafe_with = trace_name)]
        traced: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod acyclic_type_leads_back {
    use gcycle::{Gc, Trace, Weak};

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Acyclic {
        name: String,
        next: Weak<Acyclic>,
    }

    #[derive(Trace)]
    struct Cyclic {
        name: String,
        next: Option<Gc<Cyclic>>,
    }
}

mod bound_on_type_and_field {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace")]
    struct OnTheType<T> {
        value: T,
    }

    #[derive(Trace)]
    struct OnAField<T> {
        #[trace(bound = "T: Trace")]
        value: T,
    }
}

mod field_in_a_skipped_variant {
    use gcycle::Trace;

    // A label in a variant that is traced.
    #[derive(Trace)]
    enum Owner {
        Name(#[trace(name = "label")] String),
        #[trace(skip)]
        Twice(String),
    }
}

mod skip_and_acyclic {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        unchecked: Option<Gc<Owner>>,
        #[trace(acyclic)]
        checked: Option<Gc<String>>,
    }
}

mod skip_and_bound {
    use gcycle::Trace;

    struct Foreign;

    #[derive(Trace)]
    struct Owner<T> {
        #[trace(skip)]
        value: T,
    }

    fn traced<T: Trace>() {}

    pub(super) fn check() {
        traced::<Owner<Foreign>>();
    }
}

mod skip_and_name {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        skipped: String,
        #[trace(name = "label")]
        named: String,
    }
}

mod skip_and_unsafe_with {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        skipped: String,
        #[trace(unsafe_with = trace_name)]
        traced: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod skip_in_a_skipped_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    enum Owner {
        #[trace(skip)]
        Name(String),
        Twice(#[trace(skip)] String),
    }
}

fn main() {
    skip_and_bound::check();
}
