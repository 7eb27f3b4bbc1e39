//! The words as they are spelt, each once, in one attribute or several.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod all_errors_at_once {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(finalize, name = "owner")]
    #[trace(unsafe_drop)]
    #[trace(crate = gcycle)]
    enum Owner {
        First(#[trace(skip)] String),
        Second {
            #[trace(skip)]
            name: String,
        },
    }

    impl Finalize for Owner {
        fn finalize(&self) {}
    }
}

mod capital_letters {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod duplicate_in_two_attributes {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(name = "first")]
        #[trace(bound = "")]
        name: String,
    }
}

mod duplicate_on_a_field {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod duplicate_on_a_type {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }
}

mod duplicate_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    enum Owner {
        #[trace(skip)]
        Name(String),
    }
}

mod misspelt_acyclic {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        name: String,
    }
}

mod misspelt_attribute {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod misspelt_bound {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(bound = "T: Trace")]
    struct Owner<T> {
        value: T,
    }
}

mod misspelt_crate {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(crate = gcycle)]
    struct Owner {
        name: String,
    }
}

mod misspelt_finalize {
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

mod misspelt_name {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(name = "label")]
        name: String,
    }
}

mod misspelt_skip {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod misspelt_unsafe_drop {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }
}

mod misspelt_unsafe_with {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner {
        #[trace(unsafe_with = trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod one_message_for_one_mistake {
    use gcycle::{Acyclic, Gc, Trace};

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }

    pub(super) fn check() {
        fn acyclic<T: Acyclic>(_: T) {}
        acyclic(Gc::new(Owner { name: String::new() }));
    }
}

mod unknown_on_a_field {
    use gcycle::{Trace, Tracer};

    #[derive(Trace)]
    struct Owner<T> {
        #[trace(skip)]
        first: String,
        #[trace(acyclic)]
        second: String,
        #[trace(name = "label", bound = "T: Trace")]
        third: T,
        #[trace(unsafe_with = trace_name)]
        fourth: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod unknown_on_a_type {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(acyclic, bound = "T: Trace", crate = gcycle, finalize, name = "owner", unsafe_drop)]
    struct Owner<T> {
        value: T,
    }

    impl<T> Finalize for Owner<T> {
        fn finalize(&self) {}
    }
}

mod unknown_on_a_variant {
    use gcycle::Trace;

    #[derive(Trace)]
    enum Owner {
        #[trace(skip)]
        Name(String),
    }
}

mod without_the_derive {
    use gcycle::Trace;

    #[derive(Clone, Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

fn main() {
    one_message_for_one_mistake::check();
}
