//! Names that the program gives to shared objects.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};
use std::thread;

use gcycle::inspect::{self, Drawing, HtmlPage, ObjectInfo, SharedSnapshot};
use gcycle::sync::{self, Gc};
use gcycle::{Finalize, Trace, unsize};

use crate::values::{Counter, ring, turn};

#[test]
fn a_name_is_shown_where_the_object_is() {
    let _turn = turn();
    let bus = Gc::new(vec![Gc::new(1_u8)]);
    inspect::name_shared(&bus, "event <bus>");
    for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
        let snapshot = capture(&[&bus]);
        assert_eq!(snapshot.get(&bus).unwrap().name(), Some("event <bus>"));
        assert_eq!(snapshot.get(&bus[0]).unwrap().name(), None);
        let path = snapshot.path_to_root(&bus[0]).unwrap().to_string();
        assert!(path.contains("\"event <bus>\" <alloc::vec::Vec<"), "{path}");
        assert!(snapshot.to_dot(&Drawing::new()).contains(r#"label="\"event <bus>\" Vec<"#));
        let mut page = Vec::new();
        snapshot.to_html(&HtmlPage::new("shared"), &mut page).unwrap();
        assert!(String::from_utf8(page).unwrap().contains("event \\u003cbus>"));
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains("event <bus>") && file.contains("(name)"));
        let holders = snapshot.holders([&bus[0]]);
        assert_eq!(holders.ways()[0].root_name(), Some("event <bus>"));
    }
}

#[test]
fn the_last_name_counts_and_an_empty_one_takes_it_away() {
    let _turn = turn();
    let mut object = Gc::new(5);
    let name = |object: &Gc<i32>| {
        SharedSnapshot::capture(&[object]).get(object).unwrap().name().map(str::to_owned)
    };
    inspect::name_shared(&object, "first");
    inspect::name_shared(&object.clone(), "second");
    assert_eq!(name(&object).as_deref(), Some("second"));
    assert_eq!(Gc::weak_count(&object), 1);
    assert!(Gc::get_mut(&mut object).is_none());
    inspect::name_shared(&object, "x".repeat(1000));
    assert_eq!(name(&object).unwrap().chars().count(), 100);
    inspect::name_shared(&object, "");
    assert_eq!((name(&object), Gc::weak_count(&object)), (None, 0));
    assert!(Gc::get_mut(&mut object).is_some());
}

#[test]
fn a_name_goes_with_its_object_and_no_other_gets_it() {
    let _turn = turn();
    sync::gc::collect();
    for _ in 0..if cfg!(miri) { 40 } else { 1000 } {
        let object = Gc::new(1_u64);
        inspect::name_shared(&object, "old");
        drop(object);
        let new: Vec<_> = (0..3).map(|_| Gc::new(1_u64)).collect();
        let snapshot = SharedSnapshot::capture(&[&new[0], &new[1], &new[2]]);
        assert!(snapshot.objects().all(|object| object.name().is_none()));
    }
    let counter = Counter::default();
    let cycle = ring(&counter, 3);
    inspect::name_shared(&cycle, "cycle");
    drop(cycle);
    let snapshot = SharedSnapshot::capture(&[]);
    assert_eq!(snapshot.objects().filter_map(ObjectInfo::name).collect::<Vec<_>>(), ["cycle"]);
    assert_eq!(sync::gc::collect(), 3, "a name keeps nothing alive");
    counter.all_are_dropped();
}

#[test]
fn any_kind_of_object_can_be_named() {
    trait Any: Send + Sync {}
    impl Any for u8 {}
    #[repr(align(64))]
    #[derive(Trace)]
    #[trace(shared)]
    struct Aligned(#[trace(skip)] u8);
    let _turn = turn();
    let text: Gc<str> = Gc::from("text");
    let slice: Gc<[Gc<str>]> = Gc::from(vec![text.clone()]);
    let empty = Gc::new(());
    let erased: Gc<dyn Any> = unsize!(Gc::new(1) => dyn Any);
    let aligned = Gc::new(Aligned(7));
    inspect::name_shared(&text, "text");
    inspect::name_shared(&slice, "slice");
    inspect::name_shared(&empty, "empty");
    inspect::name_shared(&erased, "erased");
    inspect::name_shared(&aligned, "aligned");
    let snapshot = SharedSnapshot::capture(&[&slice, &empty, &erased, &aligned]);
    let names: BTreeSet<_> = snapshot.objects().filter_map(ObjectInfo::name).collect();
    assert_eq!(names, BTreeSet::from(["aligned", "empty", "erased", "slice", "text"]));
    assert_eq!(snapshot.get(&text).unwrap().name(), Some("text"));
    assert_eq!(snapshot.get(&aligned).unwrap().name(), Some("aligned"));
    assert_eq!(aligned.0, 7);
}

#[test]
fn an_object_can_be_named_while_it_is_finalized() {
    #[derive(Trace)]
    #[trace(shared, finalize)]
    struct Phoenix {
        own: OnceLock<Gc<Phoenix>>,
        other: Gc<u8>,
    }
    static SAVED: Mutex<Option<Gc<Phoenix>>> = Mutex::new(None);
    impl Finalize for Phoenix {
        fn finalize(&self) {
            let own = self.own.get().unwrap().clone();
            inspect::name_shared(&own, "risen");
            inspect::name_shared(&self.other, "held by it");
            *SAVED.lock().unwrap() = Some(own);
        }
    }
    let _turn = turn();
    let phoenix = Gc::new(Phoenix { own: OnceLock::new(), other: Gc::new(1) });
    phoenix.own.set(phoenix.clone()).ok();
    drop(phoenix);
    sync::gc::collect();
    let saved = SAVED.lock().unwrap().take().unwrap();
    let snapshot = SharedSnapshot::capture(&[&saved]);
    assert_eq!(snapshot.get(&saved).unwrap().name(), Some("risen"));
    assert_eq!(snapshot.get(&saved.other).unwrap().name(), Some("held by it"));
    drop(saved);
    assert_eq!(sync::gc::collect(), 1);
}

#[test]
fn what_becomes_text_may_ask_for_a_snapshot() {
    struct Curious(Gc<u8>);
    impl From<Curious> for String {
        fn from(Curious(object): Curious) -> String {
            inspect::name_shared(&object, "before");
            let snapshot = SharedSnapshot::capture_with_texts(&[&object]);
            format!("after {}", snapshot.get(&object).unwrap().name().unwrap())
        }
    }
    let _turn = turn();
    let object = Gc::new(1);
    inspect::name_shared(&object, Curious(object.clone()));
    let snapshot = SharedSnapshot::capture(&[&object]);
    assert_eq!(snapshot.get(&object).unwrap().name(), Some("after before"));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn threads_name_objects_while_others_look() {
    const ROUNDS: usize = if cfg!(miri) { 5 } else { 500 };
    let _turn = turn();
    let objects: Vec<Gc<usize>> = (0..10).map(Gc::new).collect();
    thread::scope(|scope| {
        for thread in 0..2 {
            let objects = &objects;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let number = (round * 7 + thread) % objects.len();
                    inspect::name_shared(&objects[number], format!("number {number}"));
                    let gone = Gc::new(usize::MAX);
                    inspect::name_shared(&gone, "gone");
                }
            });
        }
        for _ in 0..ROUNDS {
            let all = Gc::new(objects.clone());
            let snapshot = SharedSnapshot::capture(&[&all]);
            for (number, object) in objects.iter().enumerate() {
                let name = snapshot.get(object).unwrap().name();
                assert!(name.is_none_or(|name| name == format!("number {number}")));
            }
        }
    });
}
