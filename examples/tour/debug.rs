//! Chapter: watching the collector.

use std::cell::Cell;
use std::rc::Rc;

use gcycle::gc::{self, DebugFlags, Phase};

use super::list::List;
use super::story::{Story, run, show};

fn make_cycle() {
    let (a, b) = (List::named("a"), List::named("b"));
    a.append(&b);
    b.append(&a);
}

pub(super) fn tell(story: &mut Story) {
    story.chapter("Watching the collector");
    story.say(
        "`set_debug` makes the collector write what it does to standard error, in Python's
         words. These two lists, for example:",
    );
    run!(story, make_cycle());
    run!(story, gc::set_debug(DebugFlags::STATS | DebugFlags::COLLECTABLE));
    show!(story, gc::collect() => 2);
    run!(story, gc::set_debug(DebugFlags::empty()));

    story.say(
        "With SAVEALL garbage is not freed, but put into a list, so that one can see what it
         was: a way to find out where cycles come from.",
    );
    run!(story, make_cycle());
    run!(story, gc::set_debug(DebugFlags::SAVEALL));
    show!(story, gc::collect() => 2);
    run!(story, gc::set_debug(DebugFlags::empty()));
    let garbage = gc::take_garbage();
    let names = garbage.iter().map(|object| object.downcast::<List>().unwrap().name);
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    show!(story, names => ["a", "b"]);
    drop(garbage);
    show!(story, gc::collect() => 2);

    story.say("A program can also ask to be told. A callback is called at the start and the end:");
    let collected = Rc::new(Cell::new(0));
    let counted = Rc::clone(&collected);
    let id = gc::add_callback(move |phase, info| {
        if phase == Phase::Stop {
            counted.set(counted.get() + info.collected);
        }
    });
    run!(
        story,
        for _ in 0..3 {
            make_cycle();
            gc::collect();
        }
    );
    show!(story, collected.get() => 6);
    show!(story, gc::remove_callback(id) => true);

    story.say("The collector also remembers what all collections of a generation did in total.");
    let [.., full] = gc::get_stats();
    story.note(&format!(
        "full collections: {}, objects collected: {}, uncollectable: {}, in {:?}",
        full.collections, full.collected, full.uncollectable, full.duration,
    ));
    story.check("nothing was uncollectable", full.uncollectable == 0);
}
