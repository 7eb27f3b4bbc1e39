//! Acyclic types and fields.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

use gcycle::Trace;

fn traced<T: Trace>() {}

mod argument_not_acyclic {
    use gcycle::{Gc, Trace, Weak};

    #[derive(Trace)]
    #[trace(acyclic)]
    pub(super) struct Link {
        // A weak link does not keep a cycle alive.
        next: Weak<Link>,
    }

    #[derive(Trace)]
    #[trace(acyclic)]
    pub(super) struct Owner<T> {
        value: T,
        shared: Gc<T>,
    }
}

mod field_not_acyclic {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Link {
        next: Option<Box<Link>>,
    }

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        link: Gc<Link>,
    }
}

mod one_field {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    pub(super) struct Owner {
        #[trace(acyclic)]
        name: Gc<String>,
        // Not that one.
        next: Option<Gc<Owner>>,
    }
}

mod one_field_of_a_variant {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    enum Owner {
        Next(#[trace(acyclic)] Gc<String>, Gc<Owner>),
        End,
    }
}

mod through_another_type {
    use gcycle::{Gc, Trace};

    // One of the two owns the other.
    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        other: Gc<Other>,
    }

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Other {
        name: Option<Gc<String>>,
    }
}

mod trait_object {
    use std::any::Any;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(acyclic)]
    struct Owner {
        // What can be sent owns no `Gc`.
        any: Gc<dyn Any + Send>,
    }
}

mod named_like_plain_data {
    use gcycle::Trace;

    #[derive(Trace)]
    pub(super) struct Name {
        text: String,
    }
}

mod key_beside_a_function {
    use std::collections::HashMap;

    use gcycle::Trace;

    #[derive(Trace, PartialEq, Eq, Hash)]
    struct Symbol {
        number: Option<u32>,
    }

    #[derive(Trace)]
    struct Natives {
        #[trace(acyclic)]
        table: HashMap<Symbol, fn(&Natives, &str) -> usize>,
    }
}

fn main() {
    traced::<std::rc::Rc<named_like_plain_data::Name>>();
    traced::<argument_not_acyclic::Owner<argument_not_acyclic::Link>>();
    assert!(!argument_not_acyclic::Owner::<String>::tracked());
    assert!(one_field::Owner::tracked());
}
