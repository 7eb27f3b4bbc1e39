//! Each text in its form.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod describe_without_display {
    use std::fmt;

    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(describe)]
    struct Owner<T> {
        value: T,
    }

    impl<T> fmt::Display for Owner<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an owner")
        }
    }
}

mod describe_with_a_closure {
    use std::fmt;

    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(describe = Owner::describe)]
    struct Owner {
        name: String,
    }

    impl Owner {
        fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.name)
        }
    }
}

mod describe_with_another_signature {
    use std::fmt;

    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(describe = text::<Owner>, name = "it")]
    struct Owner {
        name: String,
    }

    fn text<T>(_: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any")
    }
}

mod describe_on_a_field {
    use std::fmt;

    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(describe, bound = "T: Trace + fmt::Display")]
    struct Owner<T> {
        value: T,
    }

    impl<T: fmt::Display> fmt::Display for Owner<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.value.fmt(f)
        }
    }
}

fn main() {}
