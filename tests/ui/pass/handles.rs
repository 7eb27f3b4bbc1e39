//! A `Gc` in its thread, of a type that borrows nothing.

#![deny(warnings)]
#![allow(dead_code, reason = "most types are there to be derived for")]

mod borrowed_by_a_field {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner {
        name: Gc<str>,
    }

    fn keep(name: &str) -> Owner {
        Owner { name: Gc::from(name) }
    }
}

mod content_not_static {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Owner<'a> {
        name: &'a str,
    }

    pub(super) fn keep(name: &'static str) -> usize {
        Gc::strong_count(&Gc::new(Owner { name }))
    }
}

mod content_not_trace {
    use gcycle::{Gc, Trace, Untraced};

    #[derive(Trace)]
    struct Own;
    struct Foreign;

    pub(super) fn check() {
        let _ = Gc::new(Own);
        let _ = Gc::new(Untraced(Foreign));
    }
}

mod derived_type_in_another_thread {
    use gcycle::Trace;

    #[derive(Trace)]
    pub(super) struct Owner {
        next: Option<Box<Owner>>,
    }

    pub(super) fn sent<T: Send>() {}
}

mod gc_in_another_thread {
    use gcycle::Gc;

    // Each thread has its own heap; the value can move.
    pub(super) fn check() {
        let value = Gc::into_inner(Gc::new(1)).unwrap();
        std::thread::spawn(move || drop(Gc::new(value))).join().unwrap();
    }
}

mod gc_lent_to_another_thread {
    use gcycle::Gc;

    // The value can be lent.
    pub(super) fn check() {
        let gc = Gc::new(1);
        let value: &i32 = &gc;
        std::thread::scope(|scope| {
            scope.spawn(move || assert_eq!(*value, 1));
        });
    }
}

mod weak_in_another_thread {
    use gcycle::Gc;

    pub(super) fn check() {
        std::thread::spawn(|| {
            let weak = Gc::downgrade(&Gc::new(1));
            assert!(weak.upgrade().is_none());
        })
        .join()
        .unwrap();
    }
}

mod parameter_not_trace {
    use gcycle::{Gc, Trace};

    pub(super) fn share<T: Trace + 'static>(value: T) -> Gc<T> {
        Gc::new(value)
    }
}

mod lent_without_a_guard {
    use gcycle::{Gc, GcMut, Trace};

    #[derive(Trace, Clone)]
    struct Node {
        name: Gc<String>,
        edges: Vec<Gc<Node>>,
    }

    impl Node {
        fn name(&mut self) -> &mut String {
            GcMut::into_mut(Gc::make_mut(&mut self.name))
        }
    }

    fn changed(node: &mut Gc<Node>) -> GcMut<'_, Node> {
        Gc::make_mut(node)
    }

    pub(super) fn check() {
        let mut node = Gc::new(Node { name: Gc::default(), edges: Vec::new() });
        let other = node.clone();
        changed(&mut node).edges.push(other);
        changed(&mut node).name().push('n');
        assert_eq!((node.name.as_str(), node.edges.len()), ("n", 1));
    }
}

mod not_unsized {
    use gcycle::{Gc, Trace, unsize};

    trait Shape: Trace {
        fn area(&self) -> f32;
    }

    #[derive(Trace)]
    struct Circle(f32);

    impl Shape for Circle {
        fn area(&self) -> f32 {
            self.0 * self.0
        }
    }

    pub(super) fn check() {
        let circle = Gc::new(Circle(2.0));
        let shapes: Vec<Gc<dyn Shape>> = vec![unsize!(circle => dyn Shape)];
        assert_eq!(shapes[0].area(), 4.0);
    }
}

fn main() {
    assert_eq!(content_not_static::keep("static"), 1);
    content_not_trace::check();
    derived_type_in_another_thread::sent::<derived_type_in_another_thread::Owner>();
    gc_in_another_thread::check();
    gc_lent_to_another_thread::check();
    lent_without_a_guard::check();
    not_unsized::check();
    assert_eq!(*parameter_not_trace::share(1), 1);
    weak_in_another_thread::check();
}
