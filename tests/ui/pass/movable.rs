//! Types whose values may move to another thread with their heap.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod rc {
    use std::sync::Arc;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        name: Arc<str>,
        next: Option<Gc<Node>>,
    }
}

mod rc_in_a_variant {
    use std::cell::RefCell;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    enum Node {
        Leaf(u32),
        Branch { label: Gc<str>, names: RefCell<Vec<(u32, Gc<str>)>> },
    }
}

mod rc_behind_a_handle {
    use gcycle::{Gc, Trace, Weak};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        name: Gc<Box<str>>,
        other: Weak<[Box<str>]>,
    }
}

mod skipped_rc {
    use std::thread::JoinHandle;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        #[trace(skip)]
        saver: Option<JoinHandle<()>>,
        next: Option<Gc<Node>>,
    }
}

mod skipped_variant {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    enum Node {
        Next(Gc<Node>),
        #[trace(skip)]
        Name(Box<str>),
    }
}

mod skipped_handle {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        next: Option<Gc<Node>>,
    }
}

mod acyclic_handle {
    use std::sync::Arc;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Element {
        font: Gc<str>,
        #[trace(acyclic)]
        file: Arc<str>,
        parent: Option<Gc<Element>>,
    }
}

mod untraced_rc {
    use std::thread::Builder;

    use gcycle::{Trace, Untraced};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        threads: Vec<Untraced<Builder>>,
    }
}

mod raw_pointer {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Buffer {
        position: usize,
        next: Option<Gc<Buffer>>,
    }
}

mod reference {
    use std::sync::atomic::AtomicU32;

    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        counter: &'static AtomicU32,
        name: &'static str,
        next: Option<Gc<Node>>,
    }
}

mod trait_object {
    use gcycle::{Gc, Movable, Trace};

    trait Shape: Movable {
        fn area(&self) -> f64;
    }

    #[derive(Trace)]
    #[trace(movable)]
    struct Drawing {
        shapes: Vec<Gc<dyn Shape>>,
    }
}

mod behind_a_trait_object {
    use gcycle::{Movable, Trace};

    trait Shape: Movable {
        fn area(&self) -> f64;
    }

    #[derive(Trace)]
    #[trace(movable)]
    struct Square(f64);

    impl Shape for Square {
        fn area(&self) -> f64 {
            self.0
        }
    }
}

mod closure {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Button {
        listeners: Vec<(Gc<str>, fn(&str, &str))>,
        describe: fn(&Button, &mut String, &str, &str, &str, &str),
    }
}

mod weak_map {
    use gcycle::Trace;
    use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};

    #[derive(Trace)]
    #[trace(movable)]
    struct Cache {
        sizes: WeakMap<str, usize>,
        large: WeakSet<str>,
        by_size: WeakValueMap<usize, str>,
    }
}

mod argument_not_movable {
    use std::marker::PhantomData;

    use gcycle::{Gc, Movable, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct List<T> {
        value: T,
        next: Option<Gc<List<T>>>,
    }

    // What a function takes is not owned.
    #[derive(Trace)]
    #[trace(movable)]
    struct Parser<T> {
        marker: PhantomData<fn(T) -> T>,
    }

    const fn assert_movable<T: Movable>() {}

    const _: () = assert_movable::<List<String>>();
    const _: () = assert_movable::<Parser<std::rc::Rc<str>>>();
}

mod parameter_without_the_bound {
    use gcycle::{Gc, Movable, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct List<T> {
        value: T,
        next: Option<Gc<List<T>>>,
    }

    fn assert_movable<T: Movable>() {}

    fn asked_for<T: Movable + 'static>() {
        assert_movable::<List<T>>();
    }
}

mod field_of_another_type {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Leaf(u32);

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        leaf: Gc<Leaf>,
    }
}

mod packed {
    use gcycle::Trace;

    #[derive(Trace)]
    #[trace(movable)]
    #[repr(C)]
    struct Point(f32, f64);
}

mod forged_questions {
    mod reexported {
        pub use gcycle::{__private, Acyclic, Movable, Trace, Tracer};
    }

    #[derive(gcycle::Trace)]
    #[trace(movable, crate = reexported)]
    struct Node(Box<str>);
}

mod forged_name {
    use gcycle::{Gc, Trace};

    #[expect(non_camel_case_types, reason = "it is one that the derive knows")]
    type u32 = std::sync::Arc<str>;

    #[derive(Trace)]
    #[trace(movable)]
    struct Node(u32, Gc<Node>);
}

mod manually_drop {
    use std::mem::{ManuallyDrop, MaybeUninit};

    use gcycle::{Gc, Movable, Trace};

    #[derive(Trace)]
    #[trace(movable)]
    struct Node {
        name: ManuallyDrop<String>,
        parent: Option<Gc<Node>>,
    }

    fn assert_movable<T: Movable>() {}

    fn check() {
        assert_movable::<MaybeUninit<u8>>();
    }
}

fn main() {}
