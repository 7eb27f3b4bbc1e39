//! Chapter: three generations.

use gcycle::Gc;
use gcycle::gc::{self, Generation, Object};

use super::list::List;
use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("Generations");
    promotion(story);
    schedule(story);
}

fn promotion(story: &mut Story) {
    story.say(
        "The longer an object has lived, the less likely it is that it becomes garbage soon.
         So every object is in one of three generations. A new one is in generation 0, the
         young; each collection that it survives moves it to the next one. A collection of a
         generation examines all younger ones too, and leaves the older ones alone.",
    );
    gc::collect();
    run!(story, let list = List::named("list"));
    let generation_of = |list: &Gc<List>| Object::from(list).generation();
    show!(story, generation_of(&list) => Some(Generation::Young));
    run!(story, gc::collect_generation(Generation::Young));
    show!(story, generation_of(&list) => Some(Generation::Middle));
    story.say("A young collection does not look at it any more. A middle one does.");
    run!(story, gc::collect_generation(Generation::Young));
    show!(story, generation_of(&list) => Some(Generation::Middle));
    run!(story, gc::collect_generation(Generation::Middle));
    show!(story, generation_of(&list) => Some(Generation::Old));
    run!(story, gc::collect());
    show!(story, generation_of(&list) => Some(Generation::Old));

    story
        .say("That costs something: a cycle that became old is found by the full collection only.");
    run!(story, list.append(&list));
    run!(story, drop(list));
    show!(story, gc::collect_generation(Generation::Young) => 0);
    show!(story, gc::collect_generation(Generation::Middle) => 0);
    show!(story, gc::collect_generation(Generation::Old) => 1);
}

fn schedule(story: &mut Story) {
    story.say(
        "The two tens of (700, 10, 10) say how often that happens: after more than 10 young
         collections there is a middle one, after more than 10 middle ones a full one (if the
         heap has also grown by a quarter meanwhile, so that a large heap is not examined
         all the time). Here are the young, middle and full collections while 100,000 lists
         are made and kept. CPython runs as many, here and below.",
    );
    gc::set_threshold(700, 10, 10);
    gc::collect();
    let before = collections();
    run!(story, let lists = keep_100_000());
    show!(story, since(before) => [130, 11, 1]);
    story.say("`set_threshold` changes that too. With 2 the old are examined more often:");
    drop(lists);
    run!(story, gc::set_threshold(700, 10, 2));
    gc::collect();
    let before = collections();
    run!(story, let lists = keep_100_000());
    show!(story, since(before) => [128, 11, 3]);
    drop(lists);
    gc::set_threshold(700, 10, 10);
    show!(story, gc::get_objects(None).len() => 0);
}

fn keep_100_000() -> Vec<Gc<List>> {
    (0..100_000).map(|_| List::named("kept")).collect()
}

/// The collections of each generation so far.
fn collections() -> [u64; 3] {
    gc::get_stats().map(|stats| stats.collections)
}

/// Those since there were `before`.
fn since(before: [u64; 3]) -> [u64; 3] {
    let now = collections();
    [0, 1, 2].map(|one| now[one] - before[one])
}
