//! Chapter: a cycle that nobody refers to, and how the collector finds it.

use std::collections::BTreeMap;

use gcycle::Gc;
use gcycle::gc::{self, Object};

use super::list::List;
use super::story::{Story, run, show};

pub(super) fn tell(story: &mut Story) {
    story.chapter("Isolated cycles");
    story.say(
        "Two lists that refer to each other make a cycle. Without the names `a` and `b`
         nobody can reach them, but each still has a reference: that of the other one. Their
         counts never reach zero.",
    );
    gc::disable();
    run!(story, let (a, b) = (List::named("a"), List::named("b")));
    run!(story, a.append(&b); b.append(&a));
    story.say("Beside them there is `x`, which the program keeps, and `y`, which is in two lists.");
    run!(story, let (x, y) = (List::named("x"), List::named("y")));
    run!(story, x.append(&y); a.append(&y));
    show!(story, [&a, &b, &x, &y].map(Gc::strong_count) => [2, 2, 1, 3]);
    run!(story, drop((a, b, y)));
    show!(story, gc::get_objects(None).len() => 4);

    let garbage = find_garbage(story);
    show!(story, garbage => ["a", "b"]);

    story.say("Now the collector itself, which does the same.");
    show!(story, gc::collect() => 2);
    let mut left = names(&gc::get_objects(None));
    left.sort_unstable();
    show!(story, left => ["x", "y"]);
    gc::enable();
    drop(x);
    show!(story, gc::get_objects(None).len() => 0);
}

fn name(object: &Object) -> &'static str {
    object.downcast::<List>().expect("all objects here are lists").name
}

fn names(objects: &[Object]) -> Vec<&'static str> {
    objects.iter().map(name).collect()
}

/// The copies of the counts, for people.
fn row(gc_ref: &BTreeMap<&str, usize>) -> String {
    let counts = gc_ref.iter().map(|(name, count)| format!("{name}: {count}"));
    counts.collect::<Vec<_>>().join("   ")
}

/// The algorithm, on the objects that are really there; the names of those
/// that are garbage.
fn find_garbage(story: &mut Story) -> Vec<&'static str> {
    story.say(
        "How can a collector know? It copies the count of each object; call the copy gc_ref.
         (To look at an object takes a reference too, which is not counted here.)",
    );
    let objects = gc::get_objects(None);
    let copy = |object: &Object| (name(object), object.ref_count() - 1);
    let mut gc_ref: BTreeMap<&str, usize> = objects.iter().map(copy).collect();
    story.note(&format!("gc_ref:  {}", row(&gc_ref)));
    show!(story, gc_ref.values().copied().collect::<Vec<_>>() => [1, 1, 1, 2]);

    story.say(
        "Then it goes through all objects i, and for each object j that i refers to it takes
         one off gc_ref of j: that reference is explained.",
    );
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for object in &objects {
        let referents = names(&gc::get_referents(std::slice::from_ref(object)));
        by_name.insert(name(object), referents);
    }
    for (owner, referents) in &by_name {
        for referent in referents {
            let count = gc_ref.get_mut(referent).expect("all lists are known");
            *count -= 1;
            story.note(&format!("{owner} refers to {referent}:  {}", row(&gc_ref)));
        }
    }
    show!(story, gc_ref.values().copied().collect::<Vec<_>>() => [0, 0, 1, 0]);

    story.say(
        "What is left over was not explained: a reference from outside, from the program. An
         object whose gc_ref is not 0 is kept, and so is what it refers to, and what that
         refers to, and so on.",
    );
    let mut kept: Vec<&str> = Vec::new();
    let is_held = |(_, count): &(&&str, &usize)| **count > 0;
    let mut reached: Vec<&str> = gc_ref.iter().filter(is_held).map(|(name, _)| *name).collect();
    while let Some(object) = reached.pop() {
        if !kept.contains(&object) {
            story.note(&format!("{object} is kept"));
            kept.push(object);
            reached.extend(&by_name[object]);
        }
    }
    show!(story, kept => ["x", "y"]);
    story.say("All others are garbage, although their counts are not 0.");
    by_name.into_keys().filter(|name| !kept.contains(name)).collect()
}
