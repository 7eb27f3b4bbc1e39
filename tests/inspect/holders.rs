//! Merged paths, against all shortest paths one by one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use gcycle::inspect::{self, HeapSnapshot, ObjectId, ObjectInfo};
use gcycle::{Gc, Trace};

use crate::heaps::{List, Random, list, on_empty_heap, ring};

/// Two types that refer to each other, by fields that can be told apart.
#[derive(Trace)]
#[trace(name = "A")]
struct A {
    next: RefCell<Vec<Gc<A>>>,
    to: RefCell<Vec<Gc<B>>>,
    pair: RefCell<[Option<Gc<B>>; 2]>,
}

#[derive(Trace)]
#[trace(name = "B")]
struct B {
    to: RefCell<Vec<Gc<A>>>,
    other: RefCell<Option<Gc<B>>>,
}

/// A heap of random shape, and what holds it.
fn random_heap(random: &mut Random) -> (Vec<Gc<A>>, Vec<Gc<B>>) {
    let a = |_| {
        Gc::new(A { next: RefCell::default(), to: RefCell::default(), pair: RefCell::default() })
    };
    let b = |_| Gc::new(B { to: RefCell::default(), other: RefCell::default() });
    let a: Vec<_> = (0..=random.below(9)).map(a).collect();
    let b: Vec<_> = (0..=random.below(9)).map(b).collect();
    for _ in 0..random.below(4 * a.len()) {
        let (from, to) = (&a[random.below(a.len())], &a[random.below(a.len())]);
        let other = &b[random.below(b.len())];
        match random.below(4) {
            0 => from.next.borrow_mut().push(to.clone()),
            1 => from.to.borrow_mut().push(other.clone()),
            2 => from.pair.borrow_mut()[random.below(2)] = Some(other.clone()),
            _ => other.to.borrow_mut().push(from.clone()),
        }
    }
    for from in &b {
        if random.below(2) == 0 {
            *from.other.borrow_mut() = Some(b[random.below(b.len())].clone());
        }
    }
    if random.below(2) == 0 {
        inspect::name(&a[0], "named");
    }
    let held = random.below(3);
    let a_held = (0..held).map(|_| a[random.below(a.len())].clone()).collect();
    (a_held, (0..random.below(2)).map(|_| b[random.below(b.len())].clone()).collect())
}

/// A way as text, and where it begins and ends.
type Ways = BTreeMap<String, (BTreeSet<ObjectId>, BTreeSet<ObjectId>)>;

/// Goes back from `at`, along all shortest paths. `steps` are those that lead on, last first.
fn go_back(
    snapshot: &HeapSnapshot,
    at: ObjectInfo<'_>,
    steps: &mut Vec<(String, &'static str)>,
    end: ObjectId,
    ways: &mut Ways,
) {
    let distance =
        |object: ObjectInfo<'_>| snapshot.path_to_root(object).map(|path| path.edges().len());
    let Some(far) = distance(at) else { return };
    if far == 0 {
        let name = at.name().map_or(String::new(), |name| format!("{name:?} "));
        let mut way = name + at.type_name();
        let mut kept = steps.clone();
        // The same step several times in a row counts once.
        kept.dedup();
        for (label, type_name) in kept.into_iter().rev() {
            write!(way, ".{label} → {type_name}").unwrap();
        }
        let (roots, ends) = ways.entry(way).or_default();
        roots.insert(at.id());
        ends.insert(end);
        return;
    }
    for edge in at.referrers() {
        if distance(edge.owner()) == Some(far - 1) {
            steps.push((starred(&edge.label().to_string()), at.type_name()));
            go_back(snapshot, edge.owner(), steps, end, ways);
            steps.pop();
        }
    }
}

/// `[*]` for every position.
fn starred(label: &str) -> String {
    let mut parts = label.split('[');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        text += "[*]";
        text += part.split_once(']').unwrap().1;
    }
    text
}

#[test]
fn ways_are_all_shortest_paths_merged() {
    for seed in 1..=if cfg!(miri) { 3 } else { 400 } {
        on_empty_heap(move || {
            let mut random = Random(seed * 0x9E37_79B9);
            let _held = random_heap(&mut random);
            let snapshot = HeapSnapshot::capture();
            let chosen: Vec<_> = snapshot.objects().filter(|_| random.below(3) > 0).collect();
            let mut expected = Ways::new();
            for &object in &chosen {
                go_back(&snapshot, object, &mut Vec::new(), object.id(), &mut expected);
            }
            let holders = snapshot.holders(chosen);
            assert!(holders.is_complete());
            let ids = |objects: &[ObjectInfo<'_>]| objects.iter().map(|it| it.id()).collect();
            let found = holders.ways().iter().map(|way| {
                (way.to_string().replace('+', ""), (ids(way.roots()), ids(way.objects())))
            });
            assert_eq!(found.collect::<Ways>(), expected);
            assert_eq!(holders.ways().len(), expected.len(), "each way is there once");
            assert!(holders.ways().is_sorted_by_key(|way| std::cmp::Reverse(way.objects().len())));
        });
    }
}

#[test]
fn all_of_a_list_hang_on_one_way() {
    on_empty_heap(|| {
        let head = Gc::new(vec![list(if cfg!(miri) { 50 } else { 20_000 })]);
        let snapshot = HeapSnapshot::capture();
        let holders = snapshot.holders(snapshot.of_type::<List>());
        let ways: Vec<_> =
            holders.ways().iter().map(|way| (way.to_string(), way.objects().len())).collect();
        let len = snapshot.len() - 1;
        let first = ("Vec<Gc<List>>[*] → List".to_owned(), 1);
        let others = ("Vec<Gc<List>>[*] → List.next+ → List".to_owned(), len - 1);
        assert_eq!(ways, [others, first]);
        drop(head);
    });
}

#[test]
fn garbage_and_what_is_not_there_hang_on_nothing() {
    on_empty_heap(|| {
        drop(ring(3));
        let late = Gc::new(1_u8);
        let root = Gc::new(2_u8);
        let snapshot = HeapSnapshot::capture();
        assert!(snapshot.holders(snapshot.unreachable()).ways().is_empty());
        assert_eq!(snapshot.holders([&late]).ways()[0].to_string(), "u8");
        drop((late, root));
        let gone = Gc::new(3_u64);
        assert!(snapshot.holders([&gone]).ways().is_empty());
        assert!(snapshot.holders([ObjectId(0)]).ways().is_empty());
    });
}

#[test]
fn a_way_that_is_long_and_winding_loses_its_beginning() {
    /// Two kinds of objects take turns, so that no step is that before it.
    #[derive(Trace)]
    #[trace(name = "Even")]
    struct Even(Option<Gc<Odd>>);
    #[derive(Trace)]
    #[trace(name = "Odd")]
    struct Odd(Gc<Even>);
    on_empty_heap(|| {
        let mut head = Gc::new(Even(None));
        for _ in 0..if cfg!(miri) { 40 } else { 5000 } {
            head = Gc::new(Even(Some(Gc::new(Odd(head)))));
        }
        let snapshot = HeapSnapshot::capture();
        let holders = snapshot.holders(snapshot.objects());
        assert!(holders.is_complete());
        let cut: Vec<_> = holders.ways().iter().filter(|way| way.is_cut()).collect();
        assert_eq!(cut.len(), 2);
        assert!(cut.iter().all(|way| way.steps().len() == 24));
        let ends: usize = holders.ways().iter().map(|way| way.objects().len()).sum();
        assert_eq!(ends, snapshot.len(), "each object hangs on one");
        assert!(cut[0].to_string().starts_with("… → "));
        drop(head);
    });
}

#[test]
fn the_table_of_ways_names_the_root() {
    on_empty_heap(|| {
        let cache = Gc::new((0..51_u64).map(Gc::new).collect::<Vec<_>>());
        inspect::name(&cache, "the \u{1B}[31m\n cache");
        let snapshot = HeapSnapshot::capture();
        let table = snapshot.holders(snapshot.of_type::<u64>()).to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3, "{table}");
        let way = r#""the \u{1b}[31m\n cache" Vec<Gc<u64>>[*] → u64"#;
        assert_eq!(lines[2], format!("      51       1   {way}"));
    });
}
