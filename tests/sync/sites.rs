//! Where shared objects were made. It needs the feature `sites`.

use std::panic::Location;
use std::thread;

use gcycle::inspect::{self, HtmlPage, ObjectId, SharedSnapshot};
use gcycle::sync::{self, Gc};
use gcycle::{Trace, unsize};

use crate::values::turn;

/// Where the object was made, and that it was in this file.
fn line_of(snapshot: &SharedSnapshot, id: impl Into<ObjectId>) -> u32 {
    let site = snapshot.get(id).unwrap().site().unwrap();
    assert_eq!(site.file(), file!());
    site.line()
}

#[test]
fn constructors_of_all_kinds_tell_their_callers() {
    #[derive(Trace)]
    #[trace(shared)]
    #[repr(align(64))]
    struct Aligned(#[trace(skip)] [u8; 100]);
    trait Any: Send + Sync {}
    impl Any for u8 {}
    let _turn = turn();
    let line = line!() + 1;
    let number = Gc::new(1_u64);
    let from = Gc::from(2_u64);
    let default: Gc<u64> = Gc::default();
    let text: Gc<str> = Gc::from("text");
    let string: Gc<str> = Gc::from(String::from("text"));
    let items: Gc<[u128]> = Gc::from(vec![1, 2]);
    let cloned: Gc<[u8]> = Gc::from(&[1, 2, 3][..]);
    let collected = Gc::<[u8]>::from_iter([1, 2, 3]);
    let cyclic = Gc::new_cyclic(|_| 3_u64);
    let erased: Gc<dyn Any> = unsize!(Gc::new(1) => dyn Any);
    let aligned = Gc::new(Aligned([7; 100]));
    let mut changed = number.clone();
    *Gc::make_mut(&mut changed) += 1;
    let mut moved = Gc::new(5_u64);
    let weak = Gc::downgrade(&moved);
    *Gc::make_mut(&mut moved) += 1;
    let snapshot = SharedSnapshot::capture(&[
        &number, &from, &default, &text, &string, &items, &cloned, &collected, &cyclic, &erased,
        &aligned, &changed, &moved,
    ]);
    let lines = [
        line_of(&snapshot, &number),
        line_of(&snapshot, &from),
        line_of(&snapshot, &default),
        line_of(&snapshot, &text),
        line_of(&snapshot, &string),
        line_of(&snapshot, &items),
        line_of(&snapshot, &cloned),
        line_of(&snapshot, &collected),
        line_of(&snapshot, &cyclic),
        line_of(&snapshot, &erased),
        line_of(&snapshot, &aligned),
    ];
    assert_eq!(lines.map(|found| found - line), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(line_of(&snapshot, &changed) - line, 12);
    assert_eq!(line_of(&snapshot, &moved) - line, 15);
    // And the values are where they were.
    assert!(weak.upgrade().is_none());
    assert_eq!((*number, *changed, *moved, &*text, &*string), (1, 2, 6, "text", "text"));
    assert_eq!((&*items, &*cloned, aligned.0), (&[1, 2][..], &[1, 2, 3][..], [7; 100]));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_census_by_site_counts_what_all_threads_have_made() {
    fn made() -> Gc<u8> {
        Gc::new(1)
    }
    let line = line!() - 2;
    let _turn = turn();
    sync::gc::collect();
    let all: Vec<Gc<u8>> = (0..4).map(|_| thread::spawn(made).join().unwrap()).collect();
    let all = Gc::new(all);
    for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
        let snapshot = capture(&[&all]);
        let census = snapshot.census_by_site();
        let row = census.rows().iter().find(|row| row.key.type_name == "u8").unwrap();
        assert_eq!((row.key.site.map(Location::line), row.count), (Some(line), 4));
        let mut page = Vec::new();
        snapshot.to_html(&HtmlPage::new("shared"), &mut page).unwrap();
        let place = format!("{}:{line}:", file!());
        assert!(String::from_utf8(page).unwrap().contains(&place));
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        assert!(String::from_utf8(file).unwrap().contains(file!()));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_sample_notes_one_of_so_many() {
    let _turn = turn();
    // Whether a thread notes sites is its own affair.
    thread::scope(|scope| {
        scope.spawn(|| {
            for (every, noted) in [(4, 25), (0, 0), (1, 100)] {
                inspect::set_site_sampling(every);
                let all: Vec<_> = (0..100_u64).map(|number| Gc::new(number)).collect();
                let all = Gc::new(all);
                let snapshot = SharedSnapshot::capture(&[&all]);
                let numbers = snapshot.of_type::<u64>();
                assert_eq!(numbers.filter(|object| object.site().is_some()).count(), noted);
            }
        });
    });
}
