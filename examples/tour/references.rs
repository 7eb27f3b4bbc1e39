//! Chapter: references, and how they are counted.

use gcycle::gc::{self, Object};
use gcycle::{Gc, Weak};

use super::list::List;
use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("References");
    counts(story);
    containers(story);
    deletion(story);
}

fn counts(story: &mut Story) {
    story.say(
        "Names and objects are different things: a name holds a reference, and each object
         counts the references to it. In Rust a `Gc` is a reference, `clone` makes another
         one to the same object, and `drop` gives one up.",
    );
    run!(story, let a = List::of_numbers("a", &[1, 2, 3]));
    show!(story, Gc::strong_count(&a) => 1);
    run!(story, let b = a.clone());
    show!(story, Gc::strong_count(&a) => 2);
    show!(story, Gc::ptr_eq(&a, &b) => true);
    show!(story, gc::id(&a) == gc::id(&b) => true);

    story.say(
        "Python's `sys.getrefcount(a)` would say 3 here, one more than expected: the argument
         of the call is itself a reference while the call lasts. `Gc::strong_count` borrows
         its argument and counts nothing extra. A function that takes a reference of its
         own sees what Python's sees:",
    );
    let getrefcount = |object: Object| object.ref_count();
    show!(story, getrefcount(Object::from(&a)) => 3);
    show!(story, Gc::strong_count(&a) => 2);
}

fn containers(story: &mut Story) {
    story.say(
        "A container does not hold its elements, but references to them. So an element that
         is in two lists is one object with two references, and a list can hold another
         list twice.",
    );
    run!(story, let element = List::named("element"));
    run!(story, let (x, y) = (List::named("x"), List::named("y")));
    run!(story, x.append(&element); y.append(&element); y.append(&element));
    show!(story, Gc::strong_count(&element) => 4);
    show!(story, gc::get_referents(&[Object::from(&y)]).len() => 2);
    show!(story, gc::get_referrers(&[Object::from(&element)]).len() => 2);
    run!(story, drop((x, y)));
    show!(story, Gc::strong_count(&element) => 1);
}

fn deletion(story: &mut Story) {
    story.say(
        "`del a` gives up the reference that the name holds; `del a, b, c` those of several.
         When the last reference is gone the object can be reached by nobody, and goes at
         once, with the references that it holds. No collector is involved.",
    );
    run!(story, let before = gc::memory().objects);
    run!(story, let a = List::of_numbers("a", &[1, 2, 3]));
    run!(story, let first: Weak<i32> = Gc::downgrade(&a.number(0)));
    run!(story, let (b, c) = (a.clone(), a.clone()));
    run!(story, let watched: Weak<List> = Gc::downgrade(&a));
    run!(story, drop((a, b)));
    show!(story, watched.strong_count() => 1);
    run!(story, drop(c));
    story.check("the list is gone", watched.upgrade().is_none());
    story.check("and so is the number that only it referred to", first.upgrade().is_none());
    show!(story, gc::memory().objects - before => 2);
    story.note("(the two are what the weak references above still look at)");
    drop((watched, first));
    show!(story, gc::memory().objects - before => 0);
}
