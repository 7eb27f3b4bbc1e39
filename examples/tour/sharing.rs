//! Chapter: where objects are, and which of them are shared.

use gcycle::intern::{int, intern};
use gcycle::{Gc, gc};

use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("Objects in memory");
    identity(story);
    numbers(story);
    texts(story);
}

fn identity(story: &mut Story) {
    story.say(
        "Python's `id()` returns the identity of an object, which is its address. Two objects
         that are equal are still two, unless they are shared.",
    );
    run!(story, let (one, other) = (Gc::new(1000), Gc::new(1000)));
    show!(story, *one == *other => true);
    show!(story, gc::id(&one) == gc::id(&other) => false);
    show!(story, gc::id(&one) == Gc::as_ptr(&one).addr() => true);
}

fn numbers(story: &mut Story) {
    story.say(
        "Small numbers are used so often that Python keeps one object for each, from -5 to
         256. Every name for 1 refers to the same object, which is never freed.",
    );
    let is_shared = |number: i64| {
        let (one, other) = (int(number), int(number));
        Gc::ptr_eq(&one, &other)
    };
    run!(story, let (one, other) = (int(1), int(1)));
    show!(story, Gc::ptr_eq(&one, &other) => true);
    show!(story, [-6, -5, 0, 256, 257].map(is_shared) => [false, true, true, true, false]);
}

fn texts(story: &mut Story) {
    story.say(
        "Short texts are shared too, if they are interned: `sys.intern` returns the one object
         with this text. It is held weakly, so that it goes with its last user.",
    );
    run!(story, let (hello, again) = (intern("hello"), intern("hello")));
    show!(story, Gc::ptr_eq(&hello, &again) => true);
    show!(story, Gc::strong_count(&hello) => 2);
    show!(story, Gc::ptr_eq(&hello, &intern("world")) => false);
    run!(story, let weak = Gc::downgrade(&hello));
    run!(story, drop((hello, again)));
    story.check("the text is gone", weak.upgrade().is_none());
}
