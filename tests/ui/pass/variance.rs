//! Handles whose types are the same to the letter, or made so by a new object.

#![allow(dead_code)]

use gcycle::weak::{Finalizer, WeakMap, WeakSet};
use gcycle::{ById, Closure, Gc, Link, Trace, Weak, unsize};

mod gc {
    use super::*;

    fn same<'a>(name: Gc<&'a str>) -> Gc<&'a str> {
        name
    }
}

mod weak {
    use super::*;

    fn same<'a>(name: Weak<&'a str>) -> Weak<&'a str> {
        name
    }
}

mod gc_mut {
    use super::*;

    fn write(handle: &mut Gc<&'static str>, text: &'static str) {
        *Gc::get_mut(handle).unwrap() = text;
    }
}

mod weak_map {
    use super::*;

    fn read<'a>(map: &'a WeakMap<u8, &'static str>, key: &Gc<u8>) -> Option<&'a str> {
        map.get(key).map(|text| *text)
    }
}

mod weak_set {
    use super::*;

    fn same(set: WeakSet<&'static str>) -> WeakSet<&'static str> {
        set
    }
}

mod closure {
    use super::*;

    fn length(closure: Closure<&'static str, fn(&&'static str) -> usize>) -> usize {
        closure.as_fn::<dyn Fn() -> usize>()()
    }
}

mod callback {
    use super::*;

    fn narrow(callback: Gc<dyn Fn(&str)>) -> impl Fn(&'static str) {
        move |text| callback(text)
    }
}

mod link {
    use super::*;

    fn same<'a>(link: &'a Link<&'static str>) -> &'a Link<&'static str> {
        link
    }
}

mod by_id {
    use super::*;

    fn same(key: ById<&'static str>) -> ById<&'static str> {
        key
    }
}

mod finalizer {
    use super::*;

    fn call(finalizer: Finalizer<&'static str>) -> Option<&'static str> {
        finalizer.call()
    }
}

mod function {
    use super::*;

    fn narrow(function: Gc<fn(&str)>) -> Gc<fn(&'static str)> {
        Gc::new(*function)
    }
}

mod unsized_handle {
    use super::*;

    trait Named: Trace {}

    impl Named for &'static str {}

    fn widen<'a>(name: Gc<&'static str>) -> Gc<dyn Named + 'a> {
        unsize!(name => dyn Named + 'a)
    }
}

fn main() {}
