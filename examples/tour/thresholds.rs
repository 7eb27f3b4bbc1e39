//! Chapter: when the collector runs.

use gcycle::gc;

use super::list::List;
use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("When garbage is collected");
    story.say(
        "Counting cannot find everything, as a later chapter shows, and looking for the rest
         costs time in which the program waits. So the collector only runs when there is
         reason to: when the objects that were allocated, less those that were freed, are
         more than a threshold.",
    );
    show!(story, gc::get_threshold() => (700, 10, 10));
    story.say(
        "700 is that threshold; the two tens are for the generations, in the next chapter.
         Until a program sets thresholds of its own the collector may also wait longer, if
         it found nothing for a while. From here on they are exact.",
    );
    run!(story, gc::set_threshold(700, 10, 10));
    gc::collect();
    let before = gc::get_stats()[0].collections;
    let young_collections = || gc::get_stats()[0].collections - before;
    run!(story, let mut lists: Vec<_> = (0..700).map(|_| List::named("kept")).collect());
    show!(story, gc::get_count().0 => 700);
    show!(story, young_collections() => 0);
    story.say("One more, and the count is above the threshold: a collection runs.");
    run!(story, lists.push(List::named("one more")));
    show!(story, young_collections() => 1);
    show!(story, gc::get_count().0 => 0);

    story.say("Objects that come and go do not count: a million of them start no collection.");
    run!(
        story,
        for _ in 0..1_000_000 {
            drop(List::named("short-lived"));
        }
    );
    show!(story, young_collections() => 1);

    story.say("With another threshold it runs earlier, and with 0 not at all.");
    run!(story, gc::set_threshold(100, 10, 10));
    run!(story, lists.extend((0..101).map(|_| List::named("kept"))));
    show!(story, young_collections() => 2);
    run!(story, gc::set_threshold(0, 10, 10));
    run!(story, lists.extend((0..10_000).map(|_| List::named("kept"))));
    show!(story, young_collections() => 2);

    drop(lists);
    gc::set_threshold(700, 10, 10);
    show!(story, gc::get_objects(None).len() => 0);
}
