//! Derived code among names that are not what they seem.

use gcycle::__private::labels_of;

fn object() -> gcycle::Gc<u8> {
    gcycle::Gc::new(0)
}

mod in_macros {
    use super::*;
    use gcycle::{Finalize, Gc, Trace};

    macro_rules! object_types {
        ($(
            $(#[$attribute:meta])*
            $visibility:vis struct $name:ident<$param:ident> {
                $($(#[$on_field:meta])* $field:ident: $ty:ty,)*
            }
        )*) => {$(
            #[derive(Trace)]
            $(#[$attribute])*
            $visibility struct $name<$param> {
                $($(#[$on_field])* $field: $ty,)*
                /// Written by the macro itself.
                extra: Option<Gc<$param>>,
            }
        )*};
    }

    object_types! {
        /// With attributes that pass through.
        #[trace(name = "from a macro")]
        struct Passed<T> {
            first: Gc<T>,
            #[trace(name = "renamed")]
            second: Vec<Box<T>>,
            #[trace(skip)]
            third: std::thread::ThreadId,
        }
        pub(super) struct Plain<T> {
            only: T,
        }
    }

    macro_rules! enum_type {
        ($name:ident { $($variant:ident($($ty:ty),*)),* } $krate:path, $label:literal) => {
            #[derive(Trace)]
            #[trace(crate = $krate, name = $label, finalize)]
            enum $name {
                $($variant($($ty),*),)*
                Own { to: Gc<$name> },
            }

            impl Finalize for $name {
                fn finalize(&self) {}
            }
        };
    }

    enum_type! { Choice { One(Gc<u8>), Two(Vec<Gc<u8>>, u8) } ::gcycle, "choice" }

    /// Fields with names that come from the macro and from outside.
    macro_rules! mixed {
        ($name:ident, $outer:ident, $function:path, $($bound:literal)?) => {
            #[derive(Trace)]
            $(#[trace(bound = $bound)])?
            struct $name<T> {
                outer: T,
                $outer: T,
                // SAFETY: the handle is the field's own and reported once.
                #[trace(unsafe_with = $function)]
                by_hand: Gc<u8>,
            }
        };
    }

    /// Types that begin with no name, where a visibility could be.
    macro_rules! tuple {
        ($visibility:vis $name:ident $(<$param:ident>)?, $($(#[$on_field:meta])* $ty:ty),*) => {
            #[derive(Trace)]
            $visibility struct $name $(<$param>)?(
                $($(#[$on_field])* $visibility $ty,)*
            );
        };
    }

    macro_rules! private_tuple {
        ($name:ident $(<$param:ident>)?, $($(#[$on_field:meta])* $ty:ty),*) => {
            #[derive(Trace)]
            struct $name $(<$param>)?($($(#[$on_field])* $ty,)*);
        };
    }

    tuple!(pub(super) Arrays<T>, [T; 2], &'static str, (Gc<T>,));
    tuple!(
        Tuples<T>,
        (T, u8),
        #[trace(skip)]
        std::thread::ThreadId
    );
    private_tuple!(PrivateArrays<T>, [T; 2], &'static str, (Gc<T>,));
    private_tuple!(
        PrivateTuples,
        (String, u8),
        #[trace(skip)]
        std::thread::ThreadId
    );

    macro_rules! item {
        ($item:item) => {
            #[derive(Trace)]
            $item
        };
    }

    item! { struct Item<T: Clone>([T; 1]) where T: Copy; }

    fn by_hand(gc: &Gc<u8>, tracer: &mut gcycle::Tracer<'_>) {
        gc.trace(tracer);
    }

    mixed!(Mixed, inner, by_hand, "T: Trace");

    mod inner_nested {
        use gcycle::{Gc, Trace};

        macro_rules! nested {
            (@inner $name:ident) => {
                #[derive(Trace)]
                pub(super) struct $name {
                    pub(super) left: Gc<u8>,
                    pub(super) right: Gc<u8>,
                }
            };
            ($($tokens:tt)*) => { nested! { @inner $($tokens)* } };
        }

        nested!(Deep);
    }

    #[test]
    fn derives_work_inside_macros() {
        let id = std::thread::current().id();
        let passed = Passed {
            first: Gc::new(object()),
            second: vec![Box::new(object())],
            third: id,
            extra: None,
        };
        assert_eq!(labels_of(&passed), ["first", "renamed[0]"]);
        assert_eq!(Passed::<u8>::type_name(), "from a macro");
        assert_eq!(labels_of(&Plain { only: object(), extra: None }), ["only"]);
        assert_eq!(labels_of(&Choice::Two(vec![object()], 1)), ["Two.0[0]"]);
        assert_eq!(Choice::type_name(), "choice");
        let mixed = Mixed { outer: object(), inner: object(), by_hand: object() };
        assert_eq!(labels_of(&mixed), ["outer", "inner", "by_hand"]);
        let deep = inner_nested::Deep { left: object(), right: object() };
        assert_eq!(labels_of(&deep), ["left", "right"]);
        assert_eq!(labels_of(&Item([1_u8])), [""; 0]);
    }

    #[test]
    fn a_type_from_a_macro_is_no_visibility() {
        let id = std::thread::current().id();
        let gc = || (Gc::new(object()),);
        let labels = ["0[0]", "0[1]", "2.0"];
        assert_eq!(labels_of(&Arrays([object(), object()], "", gc())), labels);
        assert_eq!(labels_of(&PrivateArrays([object(), object()], "", gc())), labels);
        assert_eq!(labels_of(&Tuples((object(), 1), id)), ["0.0"]);
        assert!(!PrivateTuples::tracked());
    }
}

#[test]
fn derives_work_inside_functions() {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Local<T> {
        value: T,
        next: Vec<Gc<Local<T>>>,
    }

    fn generic<T: Trace + 'static>(value: T) -> Vec<String> {
        #[derive(Trace)]
        enum Inner<U> {
            Value(U),
        }
        labels_of(&Inner::Value(value))
    }

    let next = vec![Gc::new(Local { value: object(), next: vec![] })];
    assert_eq!(labels_of(&Local { value: object(), next }), ["value", "next[0]"]);
    assert_eq!(generic(object()), ["Value.0"]);
}

#[expect(non_camel_case_types, reason = "keywords are lower case")]
mod raw_identifiers {
    use super::*;
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct r#struct<r#type> {
        r#type: r#type,
        r#fn: Gc<r#type>,
    }

    #[derive(Trace)]
    enum r#enum {
        r#match { r#in: Gc<u8> },
        r#loop(Gc<u8>),
    }

    #[test]
    fn raw_identifiers_are_shown_without_their_mark() {
        let value = r#struct { r#type: object(), r#fn: Gc::new(object()) };
        assert_eq!(labels_of(&value), ["type", "fn"]);
        assert_eq!(labels_of(&r#enum::r#match { r#in: object() }), ["match.in"]);
        assert_eq!(labels_of(&r#enum::r#loop(object())), ["loop.0"]);
    }
}

#[expect(nonstandard_style, unused_macros, reason = "named like things of std")]
mod other_meanings {
    //! Names of the prelude, of std and of this crate mean something else here.

    struct Trace;
    struct Tracer;
    struct LabelTracer;
    struct Finalize;
    struct Acyclic;
    struct Fields;
    struct Probe;
    struct Option;
    struct Some;
    struct None;
    struct Vec;
    struct String;
    struct bool;
    struct str;
    struct Send;
    struct Drop;
    struct Unproven;
    trait Sized {}
    mod core {}
    mod std {}
    mod gcycle {}
    mod alloc {}
    mod __private {}

    struct N;

    const tracer: u8 = 0;
    const this: u8 = 0;
    const left: u8 = 0;
    const f: u8 = 0;
    const labels: u8 = 0;

    macro_rules! assert {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }

    #[derive(::gcycle::Trace)]
    #[trace(finalize, name = "other")]
    struct Struct<T> {
        left: ::gcycle::Gc<T>,
        tracer: T,
        this: ::std::vec::Vec<T>,
    }

    impl<T> ::gcycle::Finalize for Struct<T> {
        fn finalize(&self) {}
    }

    #[derive(::gcycle::Trace)]
    #[trace(acyclic)]
    enum Enum {
        Left { left: ::std::string::String, tracer: ::std::vec::Vec<::std::string::String> },
        Some(::std::rc::Rc<::std::string::String>),
        None,
    }

    #[derive(::gcycle::Trace)]
    struct Leaf {
        text: ::std::string::String,
        #[trace(acyclic)]
        config: Enum,
        weak: ::gcycle::Weak<Enum>,
    }

    #[derive(::gcycle::Trace)]
    struct Array<const N: usize>([::gcycle::Gc<u8>; N]);

    #[test]
    fn other_meanings_do_not_matter() {
        ::std::assert_eq!(super::labels_of(&Array([super::object()])), ["0[0]"]);
        let value = Struct {
            left: ::gcycle::Gc::new(super::object()),
            tracer: super::object(),
            this: ::std::vec::Vec::new(),
        };
        ::std::assert_eq!(super::labels_of(&value), ["left", "tracer"]);
        ::std::assert!(!<Leaf as ::gcycle::Trace>::tracked());
        ::std::assert!(!<Enum as ::gcycle::Trace>::tracked());
    }
}

mod other_methods {
    //! Traits in scope with methods of the names that the derive calls.

    use super::*;
    use gcycle::{Gc, Trace};

    trait Everywhere {
        fn trace(&self) {}
        fn report(&self) {}
        fn trace_labelled(&self) {}
        fn field(&self) {}
        fn tracked() {}
    }

    impl<T: ?Sized> Everywhere for T {}

    #[derive(Trace)]
    struct Ambiguous<T> {
        trace: Gc<T>,
        report: T,
    }

    impl<T> Ambiguous<T> {
        fn trace(&self) -> &T {
            &self.report
        }

        fn tracked() {}

        fn trace_labelled(&self) -> &T {
            &self.report
        }
    }

    #[test]
    fn methods_of_the_same_name_are_not_called() {
        let value = Ambiguous { trace: Gc::new(object()), report: object() };
        assert_eq!(labels_of(&value), ["trace", "report"]);
    }
}

#[deny(deprecated)]
mod deprecated_types {
    //! An exception that is made for a type holds for what is derived for it.

    use super::*;
    use gcycle::{Acyclic, Gc, Trace};

    #[deprecated]
    #[derive(Trace)]
    #[trace(acyclic)]
    struct Old<T> {
        #[deprecated]
        value: T,
    }

    #[derive(Trace)]
    #[allow(deprecated, clippy::allow_attributes, reason = "for the test")]
    #[trace(acyclic)]
    struct Allowed<T>(Old<T>);

    #[derive(Trace)]
    #[expect(deprecated, reason = "the new one cannot do this yet")]
    struct Expected<T>(Old<T>, Option<Gc<Self>>);

    #[derive(Trace)]
    enum Variants<T> {
        #[deprecated]
        Old(T),
        New(T),
    }

    fn acyclic<T: Acyclic>(_: &T) {}

    #[test]
    #[expect(deprecated, reason = "the deprecated is what is tested")]
    fn derived_code_does_not_use_what_is_deprecated() {
        let allowed = Allowed(Old { value: 1_u8 });
        acyclic(&allowed);
        assert_eq!(labels_of(&Expected(Old { value: object() }, None)), ["0.value"]);
        assert_eq!(labels_of(&Variants::Old(object())), ["Old.0"]);
    }
}
