//! The profile for pprof, read back. It needs the feature `pprof`.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use gcycle::inspect::{HeapSnapshot, ObjectInfo};
use gcycle::{Gc, Trace};
use prost::Message;

/// What a reader of the format makes of a profile: the messages as `profile.proto` has them.
#[derive(Clone, PartialEq, Message)]
struct Profile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<Pair>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<Sample>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "14")]
    default_sample_type: i64,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Pair {
    #[prost(int64, tag = "1")]
    first: i64,
    #[prost(int64, tag = "2")]
    second: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<Pair>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Function {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "4")]
    filename: i64,
}

/// The profile of a snapshot, with what the format asks for checked.
fn read(snapshot: &HeapSnapshot) -> Profile {
    let mut file = Vec::new();
    snapshot.to_pprof(&mut file).unwrap();
    let profile = Profile::decode(&*file).unwrap();
    assert_eq!(profile.string_table[0], "");
    let texts: BTreeSet<&String> = profile.string_table.iter().collect();
    assert_eq!(texts.len(), profile.string_table.len(), "each text is there once");
    let kinds: Vec<(&str, &str)> = profile
        .sample_type
        .iter()
        .map(|kind| (text(&profile, kind.first), text(&profile, kind.second)))
        .collect();
    assert_eq!(kinds, [("objects", "count"), ("space", "bytes")]);
    assert_eq!(text(&profile, profile.default_sample_type), "space");
    assert!(profile.location.iter().all(|location| location.id != 0 && location.line.len() == 1));
    profile
}

fn text(profile: &Profile, number: i64) -> &str {
    &profile.string_table[usize::try_from(number).unwrap()]
}

/// The names of the functions on the stack of a sample, the leaf first.
fn stack<'a>(profile: &'a Profile, sample: &Sample) -> Vec<&'a str> {
    let name = |id: &u64| {
        let location = profile.location.iter().find(|location| location.id == *id).unwrap();
        let called = location.line[0].first;
        let function =
            profile.function.iter().find(|function| function.id == called.cast_unsigned());
        text(profile, function.unwrap().name)
    };
    sample.location_id.iter().map(name).collect()
}

/// The flat and the cumulative bytes of each function, as pprof adds them up.
fn flat_and_cumulative(profile: &Profile) -> BTreeMap<String, (usize, usize)> {
    let mut sums: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for sample in &profile.sample {
        let names = stack(profile, sample);
        let bytes = usize::try_from(sample.value[1]).unwrap();
        sums.entry(names[0].to_owned()).or_default().0 += bytes;
        let once: BTreeSet<&str> = names.into_iter().collect();
        for name in once {
            sums.entry(name.to_owned()).or_default().1 += bytes;
        }
    }
    sums
}

#[derive(Trace)]
#[trace(name = "A")]
struct A(RefCell<Vec<Gc<A>>>, RefCell<Vec<Gc<B>>>);

#[derive(Trace)]
#[trace(name = "B")]
struct B(RefCell<Vec<Gc<A>>>, Gc<u64>);

/// The bytes of the objects of each type, and the bytes that they keep alive together.
fn expected(snapshot: &HeapSnapshot) -> BTreeMap<String, (usize, usize)> {
    let mut sums: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for object in snapshot.objects() {
        let name = object.type_name();
        sums.entry(name.to_owned()).or_default().0 += object.bytes() + object.owned();
        let mut above = std::iter::successors(object.dominator(), |above| above.dominator());
        if !above.any(|above| above.type_name() == name) {
            sums.entry(name.to_owned()).or_default().1 += object.retained_size();
        }
    }
    sums
}

#[test]
fn flat_bytes_are_those_of_a_type_and_cumulative_ones_are_retained() {
    for seed in 1..=if cfg!(miri) { 2 } else { 200_u64 } {
        let run = thread::spawn(move || {
            let mut state = seed * 0x9E37_79B9;
            let mut below = |limit: usize| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                usize::try_from(state % limit as u64).unwrap()
            };
            let a: Vec<_> = (0..=below(12))
                .map(|_| Gc::new(A(RefCell::default(), RefCell::default())))
                .collect();
            let b: Vec<_> =
                (0..=below(12)).map(|_| Gc::new(B(RefCell::default(), Gc::new(1)))).collect();
            for _ in 0..below(40) {
                let (one, other) = (&a[below(a.len())], &b[below(b.len())]);
                match below(3) {
                    0 => one.0.borrow_mut().push(a[below(a.len())].clone()),
                    1 => one.1.borrow_mut().push(other.clone()),
                    _ => other.0.borrow_mut().push(one.clone()),
                }
            }
            assert!(b.iter().all(|object| *object.1 == 1));
            let _held = (a[0].clone(), b[0].clone());
            drop((a, b));
            let snapshot = HeapSnapshot::capture();
            let profile = read(&snapshot);
            assert_eq!(flat_and_cumulative(&profile), expected(&snapshot));
            let sum =
                |kind: usize| profile.sample.iter().map(|sample| sample.value[kind]).sum::<i64>();
            assert_eq!(usize::try_from(sum(0)).unwrap(), snapshot.len());
            assert_eq!(usize::try_from(sum(1)).unwrap(), snapshot.bytes() + snapshot.owned());
        });
        run.join().unwrap();
    }
}

#[test]
fn what_is_very_deep_is_put_together() {
    #[derive(Trace)]
    #[trace(name = "Even")]
    struct Even(Option<Gc<Odd>>);
    #[derive(Trace)]
    #[trace(name = "Odd")]
    struct Odd(Gc<Even>);
    let run = thread::spawn(|| {
        let mut head = Gc::new(Even(None));
        for _ in 0..if cfg!(miri) { 50 } else { 20_000 } {
            head = Gc::new(Even(Some(Gc::new(Odd(head)))));
        }
        let snapshot = HeapSnapshot::capture();
        let profile = read(&snapshot);
        let longest = profile.sample.iter().map(|sample| sample.location_id.len()).max().unwrap();
        assert_eq!(longest, 65);
        let sums = flat_and_cumulative(&profile);
        assert_eq!(sums["Even"].1, snapshot.retained_size(&head));
        let deeper = snapshot.objects().map(ObjectInfo::bytes).sum::<usize>()
            - 64 * snapshot.get(&head).unwrap().bytes();
        assert_eq!(sums["(deeper)"].0, deeper);
        drop(head);
    });
    run.join().unwrap();
}

#[test]
fn names_of_types_are_harmless() {
    #[derive(Trace)]
    #[trace(name = "\u{202E}Hostile\u{2028}")]
    struct Hostile;
    let run = thread::spawn(|| {
        let hostile = Gc::new(Hostile);
        let profile = read(&HeapSnapshot::capture());
        assert!(profile.string_table.contains(&"\\u{202e}Hostile\\u{2028}".into()));
        drop(hostile);
    });
    run.join().unwrap();
}

#[test]
fn an_empty_heap_has_an_empty_profile() {
    thread::spawn(|| assert!(read(&HeapSnapshot::capture()).sample.is_empty())).join().unwrap();
}

#[test]
#[cfg(feature = "sites")]
fn a_line_is_the_place_where_objects_were_made() {
    let run = thread::spawn(|| {
        let first = Gc::new(1_u64);
        let line = line!() - 1;
        let second = (0..3).map(|number| Gc::new(number)).collect::<Vec<Gc<u64>>>();
        let profile = read(&HeapSnapshot::capture());
        let mut made: Vec<(i64, i64)> = Vec::new();
        for sample in &profile.sample {
            let location = profile.location.iter().find(|it| it.id == sample.location_id[0]);
            let called = location.unwrap().line[0];
            let function = profile.function.iter().find(|it| it.id == called.first.cast_unsigned());
            assert_eq!(text(&profile, function.unwrap().filename), file!());
            made.push((called.second, sample.value[0]));
        }
        made.sort_unstable();
        assert_eq!(made, [(i64::from(line), 1), (i64::from(line) + 2, 3)]);
        drop((first, second));
    });
    run.join().unwrap();
}
