//! What snapshots of shared objects show, and that taking one changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, RwLock};

use gcycle::inspect::{
    Drawing, HtmlPage, ObjectId, ObjectInfo, Place, SharedSnapshot, Unseen, WaitsFor,
};
use gcycle::sync::{self, Gc, Shared};
use gcycle::{Finalize, Trace, Tracer};

use crate::values::{Counter, Node, ring, turn};

/// An object with handles in all places.
#[derive(Trace)]
#[trace(shared, name = "House")]
struct House {
    name: Gc<str>,
    numbers: Gc<[u32]>,
    rooms: Mutex<Vec<Gc<Room>>>,
    exits: RwLock<BTreeMap<String, Gc<Room>>>,
    cellar: OnceLock<Gc<Room>>,
}

#[derive(Trace)]
#[trace(shared, name = "Room")]
struct Room {
    house: Mutex<Option<Gc<House>>>,
    notes: Vec<u8>,
}

/// Waits until no other test runs. What it left is not shown.
fn turn_without_candidates() -> MutexGuard<'static, ()> {
    let turn = turn();
    sync::gc::collect();
    turn
}

fn room(house: Option<&Gc<House>>) -> Gc<Room> {
    let notes = Vec::with_capacity(100);
    Gc::new(Room { house: Mutex::new(house.cloned()), notes })
}

fn house() -> Gc<House> {
    Gc::new(House {
        name: Gc::from("villa"),
        numbers: Gc::from(vec![1, 2, 3]),
        rooms: Mutex::default(),
        exits: RwLock::default(),
        cellar: OnceLock::new(),
    })
}

/// A house with three rooms, which refer to it.
fn furnished() -> Gc<House> {
    let house = house();
    let [attic, hall, cellar] = [(); 3].map(|()| room(Some(&house)));
    house.rooms.lock().unwrap().extend([attic, hall.clone()]);
    house.exits.write().unwrap().insert("door".into(), hall);
    assert!(house.cellar.set(cellar).is_ok());
    house
}

fn labels_to(snapshot: &SharedSnapshot, target: ObjectId) -> BTreeSet<String> {
    snapshot.referrers(target).map(|edge| edge.label().to_string()).collect()
}

#[test]
fn a_snapshot_shows_what_the_handles_reach() {
    let _turn = turn_without_candidates();
    let house = furnished();
    let snapshot = SharedSnapshot::capture(&[&house]);
    let census = snapshot.census();
    let counts: BTreeMap<&str, usize> =
        census.rows().iter().map(|row| (row.key, row.count)).collect();
    assert_eq!(counts, BTreeMap::from([("House", 1), ("Room", 3), ("[u32]", 1), ("str", 1)]));
    assert!(snapshot.is_consistent() && snapshot.is_complete());
    assert_eq!(snapshot.edge_count(), 2 + 4 + 3);
    assert_eq!(snapshot.roots().map(ObjectInfo::id).collect::<Vec<_>>(), [(&house).into()]);
    assert_eq!(census.get(&"Room").unwrap().owned, 300);
    let text = snapshot.get(&house.name).unwrap();
    assert_eq!((text.size(), text.ref_count(), text.external_count()), (5, 1, 0));
    assert_eq!((text.place(), text.is_tracked()), (Place::Untracked, false));
    assert_eq!(snapshot.get(&house.numbers).unwrap().size(), 12);
    let object = snapshot.get(&house).unwrap();
    assert_eq!(object.size(), size_of::<House>());
    assert!(object.bytes() >= size_of::<House>() + 4 * size_of::<usize>());
    assert_eq!((object.place(), object.generation()), (Place::Shared, None));
    assert_eq!((object.ref_count(), object.external_count()), (4, 1));
    house.rooms.lock().unwrap().iter().for_each(|room| assert!(room.notes.is_empty()));
}

#[test]
fn edges_have_the_names_of_their_fields() {
    let _turn = turn_without_candidates();
    let house = furnished();
    let snapshot = SharedSnapshot::capture(&[&house]);
    let hall: ObjectId = (&house.exits.read().unwrap()["door"]).into();
    let labels = labels_to(&snapshot, hall);
    assert_eq!(labels, BTreeSet::from(["rooms[1]".into(), "exits[0].value".into()]));
    let cellar = house.cellar.get().unwrap();
    assert_eq!(labels_to(&snapshot, cellar.into()), BTreeSet::from(["cellar".into()]));
    assert_eq!(labels_to(&snapshot, (&house.name).into()), BTreeSet::from(["name".into()]));
    let path = snapshot.path_to_root(cellar).unwrap();
    assert_eq!(path.root().id(), (&house).into());
    let holders = snapshot.holders(snapshot.of_type::<Room>());
    let ways: BTreeSet<String> = holders.ways().iter().map(ToString::to_string).collect();
    assert!(ways.contains("House.rooms[*] → Room"), "{ways:?}");
}

#[test]
fn handles_that_no_object_holds_are_from_outside() {
    let _turn = turn_without_candidates();
    let house = furnished();
    let outside = house.rooms.lock().unwrap()[0].clone();
    let local = gcycle::Gc::new(vec![outside.clone(), outside.clone()]);
    let snapshot = SharedSnapshot::capture(&[&house]);
    let object = snapshot.get(&outside).unwrap();
    assert_eq!((object.ref_count(), object.external_count()), (4, 3));
    assert_eq!(local.len(), 2);
    // A handle that nothing leads to is a root of its own.
    let lonely = room(None);
    assert!(SharedSnapshot::capture(&[&house]).get(&lonely).is_none());
    assert!(SharedSnapshot::capture(&[&house, &lonely]).get(&lonely).unwrap().is_root());
}

#[test]
fn garbage_is_shown_without_any_handle_and_is_collected_afterwards() {
    let _turn = turn_without_candidates();
    sync::gc::disable();
    let counter = Counter::default();
    drop(ring(&counter, 5));
    for _ in 0..3 {
        let count = sync::gc::get_count();
        let snapshot = SharedSnapshot::capture(&[]);
        assert_eq!(snapshot.len(), 5);
        assert_eq!(snapshot.unreachable().count(), 5);
        assert!(snapshot.candidates().count() > 0);
        assert!(snapshot.candidates().all(|object| !object.is_reachable()));
        assert_eq!(snapshot.cycles()[0].members().len(), 5);
        assert!(snapshot.is_consistent() && snapshot.cycles()[0].is_garbage());
        let garbage = snapshot.garbage();
        assert!(garbage.objects().all(|(_, waits)| waits == WaitsFor::SharedCollection));
        assert!(garbage.to_string().contains("sync::gc::disable"), "{garbage}");
        assert_eq!(sync::gc::get_count(), count, "a snapshot makes no collection due");
        assert_eq!(counter.dropped(), 0, "a snapshot collects nothing");
    }
    assert_eq!(sync::gc::collect(), 5);
    assert!(SharedSnapshot::capture(&[]).is_empty());
    sync::gc::enable();
}

#[test]
fn what_only_a_thread_holds_is_no_garbage() {
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    let held = ring(&counter, 5);
    let snapshot = SharedSnapshot::capture(&[]);
    assert_eq!(snapshot.roots().count(), 1);
    assert_eq!(snapshot.unreachable().count(), 0);
    held.counted.check();
    drop(held);
    counter.all_are_dropped();
}

#[test]
fn a_snapshot_leaves_locks_and_counts_as_they_were() {
    let _turn = turn_without_candidates();
    let mut house = furnished();
    for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
        let snapshot = capture(&[&house]);
        assert_eq!(snapshot.len(), 6);
        assert!(house.rooms.try_lock().is_ok());
        assert!(house.exits.try_write().is_ok());
        assert_eq!(Gc::strong_count(&house), 4);
        assert_eq!(Gc::strong_count(&house.name), 1);
    }
    for room in house.rooms.lock().unwrap().iter().chain(house.cellar.get()) {
        *room.house.lock().unwrap() = None;
    }
    assert!(Gc::get_mut(&mut house.name.clone()).is_none());
    let mut value = Gc::get_mut(&mut house).expect("the only handle");
    assert!(Gc::get_mut(&mut value.name).is_some(), "a leaf is as it was, too");
}

#[test]
fn in_passing_shows_the_same_if_nothing_happens() {
    let _turn = turn_without_candidates();
    let house = furnished();
    let whole = SharedSnapshot::capture(&[&house]);
    let passing = SharedSnapshot::capture_in_passing(&[&house]);
    assert_eq!(whole.census(), passing.census());
    assert_eq!(passing.edge_count(), whole.edge_count());
    assert_eq!(passing.roots().count(), 1);
    assert_eq!(passing.changed().count(), 0);
    assert!(passing.is_complete() && !passing.is_consistent());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn all_that_is_asked_of_a_heap_can_be_asked_of_it() {
    let _turn = turn_without_candidates();
    let house = house();
    let before = SharedSnapshot::capture(&[&house]);
    house.rooms.lock().unwrap().extend([room(None), room(None)]);
    let after = SharedSnapshot::capture(&[&house]);
    let diff = after.diff(&before);
    assert_eq!((diff.rows()[0].type_name, diff.rows()[0].count_growth()), ("Room", 2));
    assert_eq!(diff.new_objects().len(), 2);
    assert_eq!(after.retained_size(&house), after.bytes() + after.owned());
    let mut page = Vec::new();
    after.to_html(&HtmlPage::new("house").compared_with(&before), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("\"shared\"") && page.contains("House"));
    let mut file = Vec::new();
    after.to_heapsnapshot(&mut file).unwrap();
    assert!(file.starts_with(b"{"));
    assert!(after.to_dot(&Drawing::new()).contains("rooms[1]"));
    // It is plain data.
    drop(house);
    assert_eq!(std::thread::spawn(move || after.len()).join().unwrap(), 5);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_lock_that_somebody_holds_is_passed_over() {
    let _turn = turn_without_candidates();
    let house = furnished();
    let hall: ObjectId = (&house.exits.read().unwrap()["door"]).into();
    let check = || {
        for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
            let snapshot = capture(&[&house]);
            assert!(!snapshot.is_complete());
            let unseen: Vec<_> =
                snapshot.unseen().map(|(object, why)| (object.id(), why)).collect();
            assert_eq!(unseen, [((&house).into(), Unseen::Locked)]);
            // One of its two handles was not seen.
            assert_eq!(snapshot.get(hall).unwrap().external_count(), 1);
            assert_eq!(snapshot.of_type::<Room>().count(), 2, "the attic is behind the lock");
        }
        assert!(SharedSnapshot::capture(&[&house]).is_consistent());
    };
    // By this thread,
    let guard = house.rooms.lock().unwrap();
    check();
    // and by another.
    std::thread::scope(|scope| scope.spawn(check).join().unwrap());
    drop(guard);
    // Those who read do not keep out who reads.
    let _reading = house.exits.read().unwrap();
    assert!(SharedSnapshot::capture(&[&house]).is_complete());
}

#[test]
fn what_a_thread_has_alone_is_not_looked_into() {
    let _turn = turn_without_candidates();
    let list = Gc::new(Mutex::new(vec![room(None)]));
    let mut other = room(None);
    let alone = Gc::get_mut(&mut other).unwrap();
    let held = Gc::new(vec![room(None)]);
    let snapshot = SharedSnapshot::capture(&[&list, &held]);
    assert!(snapshot.is_complete());
    drop((snapshot, alone));
    // A candidate whose only handle is lent.
    let mut house = house();
    drop(house.clone());
    let id = ObjectId::from(&house);
    let alone = Gc::get_mut(&mut house).unwrap();
    let snapshot = SharedSnapshot::capture(&[]);
    let object = snapshot.get(id).unwrap();
    assert!(object.is_exclusive() && object.is_root());
    assert_eq!(object.referents().len(), 0);
    let unseen: Vec<_> = snapshot.unseen().map(|(object, why)| (object.id(), why)).collect();
    assert_eq!(unseen, [(id, Unseen::Exclusive)]);
    drop(alone);
    assert_eq!(SharedSnapshot::capture(&[&house]).get(id).unwrap().referents().len(), 2);
}

/// Its trace does what it is told to, in the middle of its reports.
struct Hooked<T> {
    inner: T,
    hook: fn(),
}

// SAFETY: the one field is passed on; what else happens breaks the contract, and the tests look what
// becomes of it.
unsafe impl<T: Trace> Trace for Hooked<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.inner.trace(tracer);
        (self.hook)();
    }
}

// SAFETY: as the field promises.
unsafe impl<T: Shared> Shared for Hooked<T> {}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn a_trace_that_panics_spoils_the_view_of_its_object_alone() {
    let _turn = turn_without_candidates();
    static IS_CALM: AtomicBool = AtomicBool::new(false);
    let inner = room(None);
    let fragile = Gc::new(Mutex::new(Hooked {
        inner: (inner.clone(), Gc::<str>::from("text")),
        hook: || assert!(IS_CALM.load(Ordering::Relaxed), "a trace panics"),
    }));
    let text = ObjectId::from(&fragile.lock().unwrap().inner.1);
    let fine = Gc::new(Mutex::new(vec![fragile.clone()]));
    for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
        let snapshot = catch_unwind(AssertUnwindSafe(|| capture(&[&fine]))).expect("it goes on");
        let unseen: Vec<_> = snapshot.unseen().map(|(object, why)| (object.id(), why)).collect();
        assert_eq!(unseen, [((&fragile).into(), Unseen::Failed)]);
        assert_eq!(snapshot.get(&fine).unwrap().referents().len(), 1);
        assert_eq!(snapshot.get(&fragile).unwrap().referents().len(), 0);
        assert!(snapshot.get(text).is_none());
        let room = snapshot.get(&inner).expect("it was pinned by then");
        assert_eq!(
            room.external_count(),
            2,
            "the handle in what failed counts as one from outside"
        );
    }
    assert!(!fragile.is_poisoned());
    IS_CALM.store(true, Ordering::Relaxed);
    let snapshot = SharedSnapshot::capture(&[&fine]);
    assert!(snapshot.is_complete() && snapshot.get(text).is_some());
    assert_eq!(snapshot.get(&inner).unwrap().external_count(), 1);
}

#[test]
fn a_trace_gets_none() {
    let _turn = turn_without_candidates();
    static REFUSED: AtomicUsize = AtomicUsize::new(0);
    let ask = || {
        let lonely = room(None);
        let snapshot = SharedSnapshot::capture(&[&lonely]);
        assert!(snapshot.is_empty() && !snapshot.is_consistent());
        assert!(SharedSnapshot::capture_in_passing(&[&lonely]).is_empty());
        assert_eq!(sync::gc::collect(), 0);
        REFUSED.fetch_add(1, Ordering::Relaxed);
    };
    let asks = Gc::new(Hooked { inner: Mutex::new(Some(room(None))), hook: ask });
    assert_eq!(SharedSnapshot::capture(&[&asks]).len(), 2);
    drop(asks.clone());
    sync::gc::collect();
    assert_eq!(REFUSED.load(Ordering::Relaxed), 2);
    // And afterwards it is as before.
    assert!(SharedSnapshot::capture(&[&asks]).is_consistent());
}

/// Takes a snapshot, and has the number of objects noted.
fn note_snapshot(of: &'static AtomicUsize) {
    let lonely = room(None);
    let snapshot = SharedSnapshot::capture(&[&lonely]);
    assert!(snapshot.is_consistent());
    of.fetch_add(snapshot.of_type::<Room>().count(), Ordering::Relaxed);
}

#[test]
fn drops_and_finalizers_may_take_one() {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    struct Drops(Mutex<Vec<Gc<Node>>>);
    impl Drop for Drops {
        fn drop(&mut self) {
            self.0.lock().unwrap().clear();
            note_snapshot(&SEEN);
        }
    }
    #[derive(Trace)]
    #[trace(shared, finalize)]
    struct Ends(#[trace(skip)] Drops, Mutex<Option<Gc<Ends>>>);
    impl Finalize for Ends {
        fn finalize(&self) {
            note_snapshot(&SEEN);
        }
    }
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    let ends = || Gc::new(Ends(Drops(Mutex::default()), Mutex::default()));
    drop(ends());
    assert_eq!(SEEN.load(Ordering::Relaxed), 2);
    let own = ends();
    own.0.0.lock().unwrap().push(ring(&counter, 3));
    *own.1.lock().unwrap() = Some(own.clone());
    drop(own);
    sync::gc::collect();
    assert_eq!(SEEN.load(Ordering::Relaxed), 4);
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn what_dies_meanwhile_is_not_dropped_by_a_thread_that_may_hold_its_lock() {
    static LOCK: Mutex<()> = Mutex::new(());
    static HELD: Mutex<Option<Gc<Loud>>> = Mutex::new(None);
    static DROPPED: AtomicBool = AtomicBool::new(false);
    #[derive(Trace)]
    #[trace(shared)]
    struct Loud(#[trace(skip)] Wants, Mutex<Option<Gc<Loud>>>);
    struct Wants;
    impl Drop for Wants {
        fn drop(&mut self) {
            drop(LOCK.lock());
            DROPPED.store(true, Ordering::Release);
        }
    }
    let _turn = turn_without_candidates();
    let loud = Gc::new(Loud(Wants, Mutex::default()));
    // A candidate, so that it is pinned before the other is looked at.
    drop(loud.clone());
    *HELD.lock().unwrap() = Some(loud);
    let lets_go = Gc::new(Hooked {
        inner: Mutex::new(Some(room(None))),
        hook: || drop(HELD.lock().unwrap().take()),
    });
    let guard = LOCK.lock().unwrap();
    let snapshot = SharedSnapshot::capture(&[&lets_go]);
    assert_eq!(snapshot.find("Loud").next().unwrap().ref_count(), 0);
    assert!(!DROPPED.load(Ordering::Acquire));
    drop(guard);
    while !DROPPED.load(Ordering::Acquire) {
        sync::gc::collect();
        std::thread::yield_now();
    }
}

#[test]
fn a_handle_does_not_move_ahead_behind_a_lock_that_was_seen() {
    /// Moves the handle in one to the other, if nobody holds the locks.
    fn swap() {
        let [one, other] = PLACES.get().unwrap();
        if let (Ok(mut one), Ok(mut other)) = (one.try_lock(), other.try_lock()) {
            core::mem::swap(&mut *one, &mut *other);
        }
    }
    type Place = Mutex<Vec<Gc<Room>>>;
    static PLACES: OnceLock<[Gc<Place>; 2]> = OnceLock::new();
    let _turn = turn_without_candidates();
    let places = PLACES.get_or_init(|| [Gc::new(Mutex::new(vec![room(None)])), Gc::default()]);
    let swaps = Gc::new(Hooked { inner: Mutex::new(Some(room(None))), hook: swap });
    let all = Gc::new((places[0].clone(), swaps, places[1].clone()));
    for _ in 0..2 {
        let snapshot = SharedSnapshot::capture(&[&all]);
        assert!(snapshot.is_consistent());
        let rooms: Vec<_> = snapshot.of_type::<Room>().collect();
        assert_eq!(rooms.len(), 2);
        assert!(rooms.iter().all(|room| room.referrers().len() == 1 && !room.is_root()));
    }
    places.iter().for_each(|place| place.lock().unwrap().clear());
}

/// It owns text, and says that it is in no cycle, so that collections do not look into it.
struct Untracked(Gc<str>);

// SAFETY: the one handle is reported.
unsafe impl Trace for Untracked {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn tracked() -> bool {
        false
    }
}

// SAFETY: the handle stays where it is.
unsafe impl Shared for Untracked {}

#[test]
fn what_a_type_does_not_report_to_collections_stays_behind_its_lock_too() {
    // The last one reports handles to collections, so that the object is no leaf.
    type Place = (Mutex<Option<Untracked>>, RwLock<Vec<Untracked>>, Mutex<Vec<Gc<Room>>>);
    static PLACE: OnceLock<Gc<Place>> = OnceLock::new();
    static STOLEN: AtomicUsize = AtomicUsize::new(0);
    /// Drops the texts, if nobody holds the locks.
    fn steal() {
        let place = PLACE.get().unwrap();
        let first = place.0.try_lock().ok().and_then(|mut text| text.take());
        let second = place.1.try_write().ok().and_then(|mut texts| texts.pop());
        STOLEN.fetch_add(first.iter().chain(&second).count(), Ordering::Relaxed);
    }
    let _turn = turn_without_candidates();
    let place = PLACE.get_or_init(|| {
        let texts = vec![Untracked(Gc::from("other"))];
        Gc::new((
            Mutex::new(Some(Untracked(Gc::from("text")))),
            RwLock::new(texts),
            Mutex::default(),
        ))
    });
    let steals = Gc::new(Hooked { inner: Mutex::new(Some(room(None))), hook: steal });
    let all = Gc::new((place.clone(), steals, room(None)));
    let snapshot = SharedSnapshot::capture(&[&all]);
    assert!(snapshot.is_consistent());
    assert_eq!(STOLEN.load(Ordering::Relaxed), 0);
    let texts: Vec<_> = snapshot.objects().filter(|text| text.type_name() == "str").collect();
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|text| text.ref_count() == 1 && text.referrers().len() == 1));
    let passing = SharedSnapshot::capture_in_passing(&[&all]);
    assert_eq!(passing.of_type::<Place>().count(), 1);
}

#[test]
fn locks_inside_locks_and_deep_contents_are_looked_into() {
    #[derive(Trace)]
    #[trace(shared, name = "Deep")]
    enum Deep {
        End(Mutex<Option<Gc<Mutex<Option<Deep>>>>>),
        More(Box<Deep>),
    }
    let _turn = turn_without_candidates();
    let depth = if cfg!(miri) { 300 } else { 100_000 };
    let object = Gc::new(Mutex::new(None));
    let mut deep = Deep::End(Mutex::new(Some(object.clone())));
    for _ in 0..depth {
        deep = Deep::More(Box::new(deep));
    }
    *object.lock().unwrap() = Some(deep);
    for capture in [SharedSnapshot::capture, SharedSnapshot::capture_in_passing] {
        let snapshot = capture(&[&object]);
        let info = snapshot.get(&object).unwrap();
        assert_eq!((info.referents().len(), info.external_count()), (1, 1));
        assert!(info.owned() >= depth * size_of::<Deep>());
        assert!(object.try_lock().is_ok());
    }
    // It is taken apart without recursion.
    let mut deep = object.lock().unwrap().take().unwrap();
    while let Deep::More(inner) = deep {
        deep = *inner;
    }
}

#[test]
fn what_is_shared_by_many_is_shown_once() {
    let _turn = turn_without_candidates();
    let text: Gc<str> = Gc::from("many");
    let lists: Vec<_> = (0..10).map(|_| Gc::new(vec![text.clone(), text.clone()])).collect();
    let all = Gc::new(lists);
    let snapshot = SharedSnapshot::capture(&[&all, &text, &text]);
    let object = snapshot.get(&text).unwrap();
    assert_eq!((object.ref_count(), object.external_count()), (21, 1));
    assert_eq!(object.referrers().len(), 20);
    assert_eq!(snapshot.len(), 12);
    assert!(snapshot.is_consistent());
}
