//! Words in parentheses, separated by commas; the last comma is optional.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod empty_parentheses {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        name: String,
    }
}

mod not_a_word {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod path_instead_of_word {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod with_equals_sign {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(skip)]
        name: String,
    }
}

mod without_comma {
    use gcycle::{Finalize, Trace};

    #[derive(Trace)]
    #[trace(unsafe_drop, finalize,)]
    struct Owner {
        name: String,
    }

    impl Finalize for Owner {
        fn finalize(&self) {}
    }
}

mod without_parentheses {
    use gcycle::Trace;

    #[derive(Trace)]
    struct Owner {
        #[trace(acyclic)]
        name: String,
    }
}

fn main() {}
