//! Callbacks whose captures, function and type go together.

#![deny(warnings)]
#![allow(dead_code, reason = "most functions are there to be compiled")]

mod function_that_captures_a_gc {
    use gcycle::{Gc, Trace};

    #[derive(Trace)]
    struct Window {
        title: String,
    }

    fn listen(window: Gc<Window>) -> Gc<dyn Fn(&str)> {
        Gc::<dyn Fn(&str)>::new_closure(window, |window, theme| println!("{}: {theme}", window.title))
    }
}

mod function_with_other_arguments {
    use gcycle::Gc;

    struct Event;

    fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Fn(&Event)> {
        Gc::new_closure(log, |log: &Gc<Vec<u32>>, _: &Event| println!("{}", log.len()))
    }
}

mod call_with_another_argument {
    use gcycle::Gc;

    struct Event;

    fn emit(listener: &Gc<dyn Fn(&Event)>) {
        listener(&Event);
    }
}

mod argument_with_a_lifetime {
    use gcycle::{Gc, Trace, unsize};

    struct Event<'a> {
        text: &'a str,
    }

    trait Listener {
        fn hear(&self, event: &Event<'_>);
    }

    #[derive(Trace)]
    struct Printer {
        log: Gc<Vec<u32>>,
    }

    impl Listener for Printer {
        fn hear(&self, event: &Event<'_>) {
            println!("{} {}", self.log.len(), event.text);
        }
    }

    fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Listener> {
        unsize!(Gc::new(Printer { log }) => dyn Listener)
    }
}

mod argument_of_a_trait {
    use gcycle::Gc;

    trait Widget: 'static {
        fn draw(&self);
    }

    fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Fn(&dyn Widget)> {
        Gc::<dyn Fn(&dyn Widget)>::new_closure(log, |_, widget| widget.draw())
    }
}

mod argument_that_is_kept {
    use std::cell::RefCell;

    use gcycle::Gc;

    fn keep(last: Gc<RefCell<String>>) -> Gc<dyn Fn(&str)> {
        Gc::<dyn Fn(&str)>::new_closure(last, |last, text| *last.borrow_mut() = text.to_owned())
    }
}

mod type_of_another_kind {
    use std::cell::Cell;

    use gcycle::Gc;

    fn listen(count: Gc<Cell<u32>>) -> Gc<dyn Fn(&str)> {
        Gc::<dyn Fn(&str)>::new_closure(count, |count, _| count.set(count.get() + 1))
    }
}

mod captures_not_traced {
    use gcycle::{Gc, Untraced};

    struct Foreign;

    fn listen(foreign: Foreign) -> Gc<dyn Fn(&str)> {
        Gc::<dyn Fn(&str)>::new_closure(Untraced(foreign), |_, _| {})
    }
}

mod captures_not_static {
    use gcycle::Gc;

    fn listen(name: &str) -> Gc<dyn Fn(&str) -> bool> {
        Gc::<dyn Fn(&str) -> bool>::new_closure(name.to_owned(), |name, text| name == text)
    }
}

fn main() {}
