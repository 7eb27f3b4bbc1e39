//! Where objects were made, against a log of the calls. It needs the feature `sites`.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::Location;
use std::thread;

use gcycle::inspect::{self, HeapSnapshot, HtmlPage, MadeAt, ObjectId};
use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, gc};
use serde_json::Value;

/// Runs `test` on a thread of its own, whose heap is empty.
fn on_empty_heap<R: Send + 'static>(test: impl FnOnce() -> R + Send + 'static) -> R {
    thread::spawn(test).join().unwrap()
}

#[derive(Trace)]
struct Pair(Gc<u64>, Gc<str>);

/// What was made, and on which line.
enum Made {
    Number(Gc<u64>),
    Text(Gc<str>),
    Slice(Gc<[u8]>),
    Pair(Gc<Pair>),
}

impl Made {
    fn id(&self) -> ObjectId {
        match self {
            Made::Number(gc) => gc.into(),
            Made::Text(gc) => gc.into(),
            Made::Slice(gc) => gc.into(),
            Made::Pair(gc) => gc.into(),
        }
    }
}

/// Makes an object in one of several ways; returns it with the lines of all that was made.
fn make(way: usize) -> (Made, Vec<(ObjectId, u32)>) {
    let (made, line) = match way {
        0 => (Made::Number(Gc::new(7)), line!()),
        1 => (Made::Number(Gc::from(8)), line!()),
        2 => (Made::Number(Gc::default()), line!()),
        3 => (Made::Number(Gc::from(Box::new(9))), line!()),
        4 => (Made::Text(Gc::from("text")), line!()),
        5 => (Made::Text(Gc::from(String::from("more text"))), line!()),
        6 => (Made::Text(Gc::from(Cow::Borrowed("a cow"))), line!()),
        7 => (Made::Text(Gc::default()), line!()),
        8 => (Made::Slice(Gc::from(vec![1; 100])), line!()),
        9 => (Made::Slice(Gc::from([1, 2, 3])), line!()),
        10 => (Made::Slice(Gc::from(Box::<[u8]>::from([7; 9]))), line!()),
        11 => (Made::Number(Gc::new_cyclic(|_| 3)), line!()),
        12 => (Made::Number(Gc::new_untraced(3)), line!()),
        13 => (Made::Slice(Gc::from(vec![0; 100_000])), line!()),
        _ => {
            let (number, first) = (Gc::new(1), line!());
            let (text, second) = (Gc::<str>::from("part"), line!());
            let ids = [((&number).into(), first), ((&text).into(), second)];
            let (pair, third) = (Gc::new(Pair(number, text)), line!());
            let made = Made::Pair(pair);
            let own = (made.id(), third);
            return (made, ids.into_iter().chain([own]).collect());
        }
    };
    let own = (made.id(), line);
    (made, vec![own])
}

#[test]
fn every_object_knows_where_it_was_made() {
    const ROUNDS: u64 = if cfg!(miri) { 1 } else { 30 };
    for seed in 1..=ROUNDS {
        on_empty_heap(move || {
            let mut random = Random::new(seed);
            let mut alive: Vec<(Made, Vec<(ObjectId, u32)>)> = Vec::new();
            for _ in 0..if cfg!(miri) { 60 } else { 2000 } {
                if random.below(5) < 2 && !alive.is_empty() {
                    drop(alive.swap_remove(random.below(alive.len())));
                } else {
                    alive.push(make(random.below(15)));
                }
            }
            let log: BTreeMap<ObjectId, u32> =
                alive.iter().flat_map(|(_, made)| made.iter().copied()).collect();
            let snapshot = HeapSnapshot::capture();
            assert_eq!(snapshot.len(), log.len());
            for object in snapshot.objects() {
                let site = object.site().unwrap();
                assert_eq!(site.file(), file!());
                assert_eq!(site.line(), log[&object.id()], "{object}");
            }

            // The census counts the log.
            let mut expected: BTreeMap<(&str, u32), usize> = BTreeMap::new();
            for object in snapshot.objects() {
                *expected.entry((object.type_name(), log[&object.id()])).or_default() += 1;
            }
            let census = snapshot.census_by_site();
            let found = census.rows().iter().map(|row| {
                let MadeAt { type_name, site, .. } = row.key;
                ((type_name, site.unwrap().line()), row.count)
            });
            assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
            assert_eq!(census.bytes(), snapshot.bytes());
        });
    }
}

#[test]
fn constructors_of_all_kinds_tell_their_callers() {
    on_empty_heap(|| {
        let boxed: Box<dyn Trace> = Box::new(1_u16);
        let line = line!() + 1;
        let from_box = Gc::<dyn Trace>::from_box(boxed);
        let closure = Gc::<dyn Fn(u8) -> u8>::new_closure(3_u8, |captured, more| captured + more);
        let mut shared = Gc::new(1_u32);
        let other = shared.clone();
        *Gc::make_mut(&mut shared) += 1;
        let map = WeakMap::new();
        map.insert(&shared, 5_u8);
        assert_eq!((closure(4), *shared, *other), (7, 2, 1));
        let snapshot = HeapSnapshot::capture();
        let line_of = |id: ObjectId| snapshot.get(id).unwrap().site().unwrap().line() - line;
        assert_eq!(line_of((&from_box).into()), 0);
        assert_eq!(line_of((&closure).into()), 1);
        assert_eq!(line_of((&other).into()), 2);
        assert_eq!(line_of((&shared).into()), 4);
        let entry = snapshot.objects().find(|object| object.type_name().contains("Entry")).unwrap();
        assert_eq!(entry.site().unwrap().line() - line, 6);
    });
}

#[test]
fn a_sample_notes_one_of_so_many_and_forgets_who_was_there_before() {
    on_empty_heap(|| {
        inspect::set_site_sampling(4);
        drop((0..100_u64).map(|number| Gc::new(number)).collect::<Vec<_>>());
        inspect::set_site_sampling(0);
        let unknown: Vec<_> = (0..100_u64).map(|number| Gc::new(number)).collect();
        let snapshot = HeapSnapshot::capture();
        assert!(snapshot.objects().all(|object| object.site().is_none()), "others were noted");
        let census = snapshot.census_by_site();
        assert_eq!((census.rows().len(), census.rows()[0].key.site), (1, None));
        assert!(census.to_string().contains("u64, made somewhere"));
        inspect::set_site_sampling(4);
        let known: Vec<_> = (0..100_u64).map(|number| Gc::new(number)).collect();
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.objects().filter(|object| object.site().is_some()).count(), 25);
        drop((unknown, known));
    });
}

/// An object, and the line that is noted.
type Noted = (ObjectId, Option<u32>);

/// Numbers that look random, always the same for a seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed * 0x9E37_79B9)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

#[test]
fn a_sample_has_each_nth_object_of_the_log_also_in_pages_that_were_given_back() {
    for every in [0, 1, 2, 3, 7, 50] {
        on_empty_heap(move || {
            let mut random = Random::new(1 + u64::from(every));
            let rounds = if cfg!(miri) { 2 } else { 10 };
            for _ in 0..rounds {
                inspect::set_site_sampling(every);
                let mut made = 0;
                let mut alive: Vec<(Made, Vec<Noted>)> = Vec::new();
                for _ in 0..if cfg!(miri) { 40 } else { 1500 } {
                    if random.below(5) < 2 && !alive.is_empty() {
                        drop(alive.swap_remove(random.below(alive.len())));
                        continue;
                    }
                    let (object, lines) = make(random.below(15));
                    let lines = lines.into_iter().map(|(id, line)| {
                        let is_noted = every > 0 && made % every == 0;
                        made += 1;
                        (id, is_noted.then_some(line))
                    });
                    alive.push((object, lines.collect()));
                }
                let log = alive.iter().flat_map(|(_, lines)| lines.iter().copied());
                let log: BTreeMap<ObjectId, Option<u32>> = log.collect();
                let snapshot = HeapSnapshot::capture();
                let found = snapshot.objects().map(|object| (object.id(), object.site()));
                let found: BTreeMap<_, _> =
                    found.map(|(id, site)| (id, site.map(Location::line))).collect();
                assert_eq!(found, log, "one of {every}");
                drop(alive);
                gc::collect();
                gc::trim();
            }
        });
    }
}

#[test]
fn values_of_all_sizes_and_alignments_keep_their_bytes_and_their_sites() {
    #[derive(Trace)]
    #[repr(align(64))]
    struct Aligned([u8; 100]);

    #[derive(Trace)]
    struct Nothing;

    const STEP: usize = if cfg!(miri) { 4001 } else { 7 };
    on_empty_heap(|| {
        let byte = |len: usize| u8::try_from(len % 251).unwrap();
        let lens = (0..200).step_by(if cfg!(miri) { 37 } else { 1 });
        let lens: Vec<usize> = lens.chain((200..40_000).step_by(STEP)).collect();
        let slices: Vec<Gc<[u8]>> =
            lens.iter().map(|&len| -> Gc<[u8]> { vec![byte(len); len].into() }).collect();
        let line = line!() - 1;
        let from_box = || Gc::<dyn Trace>::from_box(Box::new(Aligned([5; 100])));
        let boxes: Vec<_> = (0..30).map(|_| from_box()).collect();
        let aligned: Vec<_> = (0..30).map(|_| Gc::new(Aligned([7; 100]))).collect();
        let nothing: Vec<_> = (0..30).map(|_| Gc::new(Nothing)).collect();
        let large = Gc::new([3_u8; 16_000]);
        let larger: Gc<[u64]> = Gc::from(vec![3; 5000]);
        let units: Gc<[()]> = Gc::from(vec![(); 1000]);

        for (slice, &len) in slices.iter().zip(&lens) {
            assert!(**slice == *vec![byte(len); len], "{len}");
        }
        assert!(aligned.iter().all(|value| value.0 == [7; 100]));
        assert!((*large == [3; 16_000]) && *larger == *vec![3; 5000] && units.len() == 1000);
        let snapshot = HeapSnapshot::capture();
        let line_of = |id: ObjectId| snapshot.get(id).unwrap().site().unwrap().line();
        assert!(slices.iter().all(|slice| line_of(slice.into()) == line));
        assert!(boxes.iter().all(|value| line_of(value.into()) == line + 2), "boxes");
        assert!(aligned.iter().all(|value| line_of(value.into()) == line + 4));
        assert!(nothing.iter().all(|value| line_of(value.into()) == line + 5));
        assert_eq!(line_of((&large).into()), line + 6);
        assert_eq!(line_of((&larger).into()), line + 7);
        assert_eq!(line_of((&units).into()), line + 8);
    });
}

#[test]
fn growth_is_that_of_the_places() {
    on_empty_heap(|| {
        let make = |count: usize| (0..count).map(|_| Gc::new([0_u8; 32])).collect::<Vec<_>>();
        let make_line = line!() - 1;
        let kept = make(5);
        let before = HeapSnapshot::capture();
        let more = make(7);
        let others = [Gc::new([0_u8; 32])];
        let other_line = line!() - 1;
        let growth = HeapSnapshot::capture().growth_by_site(&before);
        let rows: Vec<_> = growth
            .rows()
            .iter()
            .map(|row| (row.made_at.site.unwrap().line(), row.count_before, row.count_growth()))
            .collect();
        assert_eq!(rows, [(make_line, 5, 7), (other_line, 0, 1)]);
        let table = growth.to_string();
        assert_eq!(table.lines().count(), 4, "{table}");
        assert!(table.contains(&format!("made at {}:{make_line}:", file!())), "{table}");
        drop((kept, more, others));
    });
}

#[test]
fn sites_are_those_of_all_threads() {
    fn made() -> (Gc<u8>, &'static Location<'static>) {
        let gc = Gc::new(1);
        let site = HeapSnapshot::capture().get(&gc).unwrap().site().unwrap();
        (gc, site)
    }
    let sites: Vec<_> = (0..4).map(|_| on_empty_heap(|| made().1)).collect();
    assert!(sites.iter().all(|site| *site == sites[0]));
    let snapshot = on_empty_heap(|| {
        let _held = made();
        HeapSnapshot::capture()
    });
    assert_eq!(snapshot.objects().next().unwrap().site(), Some(sites[0]), "read elsewhere");
}

#[test]
fn pages_that_come_and_go_keep_no_sites() {
    on_empty_heap(|| {
        for round in 0..if cfg!(miri) { 2 } else { 20 } {
            let many: Vec<_> = (0..if cfg!(miri) { 50 } else { 20_000 })
                .map(|number: u64| Gc::new((number, round)))
                .collect();
            let all = HeapSnapshot::capture();
            assert!(all.objects().all(|object| object.site().is_some()));
            drop(many);
            gc::collect();
            gc::trim();
        }
    });
}

#[test]
fn the_devtools_file_has_a_tree_of_the_places() {
    on_empty_heap(|| {
        let made: Vec<_> = (0..60).map(|number| make(number % 15)).collect();
        let snapshot = HeapSnapshot::capture();
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let string = |value: &Value| file["strings"][number(value)].as_str().unwrap();
        let functions: Vec<&[Value]> =
            file["trace_function_infos"].as_array().unwrap().chunks(6).collect();
        assert_eq!(file["snapshot"]["trace_function_count"], functions.len());
        let tree = file["trace_tree"].as_array().unwrap();
        assert_eq!((number(&tree[0]), tree.len()), (1, 5));
        let leaves: BTreeMap<usize, &[Value]> =
            tree[4].as_array().unwrap().chunks(5).map(|leaf| (number(&leaf[0]), leaf)).collect();

        let nodes: Vec<&[Value]> = file["nodes"].as_array().unwrap().chunks(7).collect();
        let objects = nodes.iter().filter(|node| node[0] == 3);
        let (mut counts, mut bytes) = (BTreeMap::new(), BTreeMap::new());
        for (node, object) in objects.zip(snapshot.objects()) {
            let leaf = leaves[&number(&node[5])];
            let function = functions[number(&leaf[1])];
            let site = object.site().unwrap();
            assert_eq!(string(&function[1]), format!("{}:{}", site.file(), site.line()));
            assert_eq!(string(&function[2]), site.file());
            assert_eq!((&function[4], &function[5]), (&site.line().into(), &site.column().into()));
            *counts.entry(number(&leaf[0])).or_insert(0) += 1;
            *bytes.entry(number(&leaf[0])).or_insert(0) += number(&node[3]);
        }
        for (id, leaf) in &leaves {
            assert_eq!((number(&leaf[2]), number(&leaf[3])), (counts[id], bytes[id]));
        }
        drop(made);
    });
}

#[test]
fn the_page_has_the_places_and_what_grew_there() {
    on_empty_heap(|| {
        let _old = make(0);
        let before = HeapSnapshot::capture();
        let _new = [make(0), make(14)];
        let after = HeapSnapshot::capture();
        let mut page = Vec::new();
        after.to_html(&HtmlPage::new("places").compared_with(&before), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        let heap = page.split("id=\"heap\">").nth(1).unwrap().split("</script>").next().unwrap();
        let heap: Value = serde_json::from_str(heap).unwrap();
        let site_of = |place: usize| {
            let number = heap["site"][place].as_u64().unwrap();
            heap["sites"][usize::try_from(number).unwrap()].as_str().unwrap()
        };
        for (place, object) in after.objects().enumerate() {
            assert_eq!(site_of(place), object.site().unwrap().to_string());
        }
        let rows = heap["siteCensus"].as_array().unwrap();
        let sum = |column: usize| rows.iter().map(|row| row[column].as_u64().unwrap()).sum::<u64>();
        assert_eq!((sum(2), sum(4)), (5, 1));
    });
}
