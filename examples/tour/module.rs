//! Chapter: the functions of the module `gc`.

use gcycle::gc::{self, Generation};

use super::list::List;
use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("The gc module");
    story.say(
        "Most objects go away without a collector: when nothing refers to them any more.
         The module `gc` is about the rest. Its collector runs by itself, and can be
         switched off, which some programs do while they build something large.",
    );
    show!(story, gc::is_enabled() => true);
    run!(story, gc::disable());
    show!(story, gc::is_enabled() => false);
    run!(story, gc::enable());
    show!(story, gc::is_enabled() => true);

    story.say(
        "A collection can be asked for, of generation 0, 1 or 2: `gc.collect(0)` in Python.
         It returns the number of objects that it found unreachable. There are none.",
    );
    show!(story, gc::collect_generation(Generation::Young) => 0);
    show!(story, gc::collect_generation(Generation::Middle) => 0);
    show!(story, gc::collect_generation(Generation::Old) => 0);
    show!(story, gc::collect() => 0);
    show!(story, Generation::try_from(3).unwrap_err().to_string()
        => "invalid generation: 3 (must be 0, 1 or 2)");

    story.say(
        "`get_objects` returns the objects that the collector knows, those that may be
         part of a cycle. A list is one of them. A number or a text never is.",
    );
    run!(story, let list = List::of_numbers("list", &[1, 2, 3]));
    show!(story, gc::get_objects(None).len() => 1);
    show!(story, gc::is_tracked(&list) => true);
    show!(story, gc::is_tracked(&list.number(0)) => false);
    run!(story, drop(list));
    show!(story, gc::get_objects(None).len() => 0);
}
