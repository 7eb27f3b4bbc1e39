//! The derive itself is no unsafe code of the user.

#![deny(warnings, unsafe_code)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod unsafe_drop {
    use gcycle::Trace;

    mod with_finalize {
        #![forbid(unsafe_code)]

        use gcycle::{Finalize, Trace};

        #[derive(Trace)]
        #[trace(finalize, name = "owner")]
        struct Owner {
            name: String,
        }

        impl Finalize for Owner {
            fn finalize(&self) {}
        }
    }

    // The user's choice, said at the type.
    #[derive(Trace)]
    #[allow(unsafe_code, reason = "its `Drop` looks at no `Gc`")]
    #[trace(unsafe_drop)]
    struct Owner {
        name: String,
    }

    impl Drop for Owner {
        fn drop(&mut self) {}
    }
}

mod unsafe_with {
    use gcycle::{Trace, Tracer};

    mod with_safe_words {
        #![forbid(unsafe_code)]

        use gcycle::{Gc, Trace};

        #[derive(Trace)]
        struct Owner<T> {
            #[trace(skip)]
            name: String,
            #[trace(acyclic)]
            text: Gc<String>,
            #[trace(bound = "T: Trace")]
            value: T,
        }
    }

    #[derive(Trace)]
    #[allow(unsafe_code, reason = "the function reports nothing")]
    struct Owner {
        #[trace(unsafe_with = trace_name)]
        name: String,
    }

    fn trace_name(_: &String, _: &mut Tracer<'_>) {}
}

mod forged_binding {
    use gcycle::{Gc, Trace};

    #[allow(non_camel_case_types, reason = "the name is what is tested")]
    #[derive(Trace)]
    struct __field0 {
        shared: Gc<u8>,
    }

    // No more than the name of a field.
    #[derive(Trace)]
    enum Owner {
        Next(__field0, Gc<Owner>),
    }
}

mod forged_permission {
    use gcycle::{Gc, Trace};

    // The word is the permission.
    #[derive(Trace)]
    #[trace(unsafe_drop)]
    #[allow(unsafe_code, reason = "its `Drop` looks at no `Gc`")]
    struct Owner {
        next: Option<Gc<Owner>>,
    }

    impl Drop for Owner {
        fn drop(&mut self) {}
    }
}

mod forged_question {
    mod reexported {
        pub use gcycle::{__private, Trace, Tracer};
    }

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(crate = reexported)]
    enum Owner {
        Next(Gc<Owner>),
        Nothing,
    }
}

mod forged_manner {
    mod reexported {
        pub use gcycle::{Trace, Tracer};

        pub mod __private {
            pub use gcycle::__private::*;

            pub trait Ask: gcycle::Ask {}

            impl<A: gcycle::Ask> Ask for A {}
        }
    }

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(crate = reexported)]
    struct Owner {
        next: Option<Gc<Owner>>,
    }
}

mod forged_tracer {
    mod reexported {
        pub use gcycle::{__private, Trace};
        pub type Tracer<'a> = gcycle::Tracer<'a>;
    }

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(crate = reexported)]
    struct Owner(Gc<u8>);
}

mod forged_trait {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner<T> {
        next: Foreign<T>,
        last: Gc<T>,
    }

    #[derive(Trace)]
    struct Foreign<T>(T);
}

fn main() {}
