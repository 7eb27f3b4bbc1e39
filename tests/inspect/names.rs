//! Names that the program gives to objects.

use std::cell::RefCell;

use gcycle::inspect::{self, Drawing, HeapSnapshot, HtmlPage, ObjectInfo};
use gcycle::{Finalize, Gc, Trace, gc};

use crate::heaps::{on_empty_heap, ring, vertex};
use crate::texts::{HOSTILE, is_harmless};

#[test]
fn a_name_is_shown_where_the_object_is() {
    on_empty_heap(|| {
        let bus = Gc::new(vec![Gc::new(1_u8)]);
        inspect::name(&bus, "event bus");
        let snapshot = HeapSnapshot::capture();
        let object = snapshot.get(&bus).unwrap();
        assert_eq!(object.name(), Some("event bus"));
        assert_eq!(snapshot.get(&bus[0]).unwrap().name(), None);
        let path = snapshot.path_to_root(&bus[0]).unwrap().to_string();
        assert!(path.contains("\"event bus\" <alloc::vec::Vec<"), "{path}");
        assert!(snapshot.to_svg(&Drawing::new()).contains("event bus"));
        assert!(snapshot.to_dot(&Drawing::new()).contains(r#"label="\"event bus\" Vec<"#));
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let strings = file["strings"].as_array().unwrap();
        assert!(strings.contains(&"event bus".into()) && strings.contains(&"(name)".into()));
    });
}

#[test]
fn the_last_name_counts_and_an_empty_one_takes_it_away() {
    on_empty_heap(|| {
        let object = vertex();
        let name = || HeapSnapshot::capture().get(&object).unwrap().name().map(str::to_owned);
        inspect::name(&object, "first");
        inspect::name(&object.clone(), "second");
        assert_eq!(name().as_deref(), Some("second"));
        assert_eq!(Gc::weak_count(&object), 1);
        inspect::name(&object, "");
        assert_eq!(name(), None);
        assert_eq!(Gc::weak_count(&object), 0);
        inspect::name(&object, "x".repeat(1000));
        assert_eq!(name().unwrap().chars().count(), 100);
    });
}

#[test]
fn a_name_goes_with_its_object_and_no_other_gets_it() {
    on_empty_heap(|| {
        for _ in 0..if cfg!(miri) { 40 } else { 1000 } {
            let object = Gc::new(1_u64);
            inspect::name(&object, "old");
            drop(object);
            let _new: Vec<_> = (0..3).map(|_| Gc::new(1_u64)).collect();
            assert!(HeapSnapshot::capture().objects().all(|object| object.name().is_none()));
        }
        let cycle = ring(3);
        inspect::name(&cycle, "cycle");
        drop(cycle);
        let named = HeapSnapshot::capture();
        assert_eq!(named.objects().filter(|object| object.name() == Some("cycle")).count(), 1);
        assert_eq!(gc::collect(), 3, "a name keeps nothing alive");
        assert!(HeapSnapshot::capture().is_empty());
    });
}

#[test]
fn any_kind_of_object_can_be_named() {
    on_empty_heap(|| {
        let text: Gc<str> = Gc::from("text");
        let slice: Gc<[u8]> = Gc::from(vec![1, 2]);
        let empty = Gc::new(());
        inspect::name(&text, "text");
        inspect::name(&slice, "slice");
        inspect::name(&empty, "empty");
        let snapshot = HeapSnapshot::capture();
        let mut names: Vec<_> = snapshot.objects().filter_map(ObjectInfo::name).collect();
        names.sort_unstable();
        assert_eq!(names, ["empty", "slice", "text"]);
    });
}

#[test]
fn an_object_can_be_named_while_it_is_finalized_and_while_it_dies() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Phoenix {
        me: RefCell<Option<Gc<Phoenix>>>,
        other: Gc<u8>,
    }
    thread_local! {
        static SAVED: RefCell<Option<Gc<Phoenix>>> = const { RefCell::new(None) };
    }
    impl Finalize for Phoenix {
        fn finalize(&self) {
            let me = self.me.borrow().clone().unwrap();
            inspect::name(&me, "risen");
            inspect::name(&self.other, "held by it");
            let snapshot = HeapSnapshot::capture();
            assert_eq!(snapshot.get(&self.other).unwrap().name(), Some("held by it"));
            SAVED.set(Some(me));
        }
    }
    on_empty_heap(|| {
        let phoenix = Gc::new(Phoenix { me: RefCell::default(), other: Gc::new(1) });
        *phoenix.me.borrow_mut() = Some(phoenix.clone());
        drop(phoenix);
        gc::collect();
        let saved = SAVED.take().unwrap();
        assert_eq!(HeapSnapshot::capture().get(&saved).unwrap().name(), Some("risen"));
        saved.me.take();
        drop(saved);
        assert!(HeapSnapshot::capture().is_empty());
    });
}

#[test]
fn a_name_can_be_given_while_the_thread_ends() {
    struct AtTheEnd(Gc<u8>);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            inspect::name(&self.0, "too late");
            assert!(HeapSnapshot::capture().len() <= 1);
        }
    }
    thread_local! {
        static FIRST: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
    }
    // Thread-locals are dropped in the one order or the other.
    for is_first in [true, false] {
        on_empty_heap(move || {
            if is_first {
                FIRST.with(|_| {});
            }
            inspect::name(&Gc::new(1_u8), "early");
            FIRST.set(Some(AtTheEnd(Gc::new(1))));
        });
    }
}

#[test]
fn a_name_that_is_hostile_is_shown_escaped() {
    on_empty_heap(|| {
        let objects: Vec<_> = HOSTILE.iter().map(|_| vertex()).collect();
        for (object, name) in objects.iter().zip(HOSTILE) {
            inspect::name(object, name);
        }
        let snapshot = HeapSnapshot::capture();
        for (object, name) in objects.iter().zip(HOSTILE) {
            let object = snapshot.get(object).unwrap();
            assert_eq!(object.name(), Some(name));
            let path = snapshot.path_to_root(object).unwrap().to_string();
            for shown in [object.to_string(), format!("{object:?}"), path] {
                assert!(is_harmless(&shown) && shown.contains(&format!("{name:?}")), "{shown}");
            }
        }
        let drawing = Drawing::new();
        let mut page = Vec::new();
        snapshot.to_html(&HtmlPage::new("heap"), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(is_harmless(&page) && page.matches("</script>").count() == 2);
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        for shown in
            [snapshot.to_svg(&drawing), snapshot.to_dot(&drawing), String::from_utf8(file).unwrap()]
        {
            assert!(is_harmless(&shown), "{shown}");
        }
        assert!(!snapshot.to_svg(&drawing).contains("<script"));
    });
}
