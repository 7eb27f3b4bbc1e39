//! The texts of shared objects in snapshots, and what the code that writes them may do.

use std::cell::Cell;
use std::fmt;
use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, mpsc};
use std::thread;

use gcycle::inspect::{
    Drawing, HeapSnapshot, HtmlPage, ObjectId, ObjectInfo, SharedRoot, SharedSnapshot,
};
use gcycle::sync::{self, Gc};
use gcycle::{Trace, unsize};

use crate::values::{Counted, Counter, turn};

type Act = fn(&Talker, &mut fmt::Formatter<'_>) -> fmt::Result;

/// Says what it is told to, and does what it is told to before.
#[derive(Trace)]
#[trace(shared, name = "Talker", describe = Talker::speak)]
struct Talker {
    #[trace(skip)]
    act: Act,
    other: Mutex<Option<Gc<Talker>>>,
    #[trace(skip)]
    counted: Option<Counted>,
}

impl Talker {
    fn new(act: Act) -> Gc<Talker> {
        Gc::new(Talker { act, other: Mutex::default(), counted: None })
    }

    /// One whose drop runs code of the program.
    fn counted(act: Act, counter: &Counter) -> Gc<Talker> {
        Gc::new(Talker { act, other: Mutex::default(), counted: Some(counter.count()) })
    }

    fn speak(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.act)(self, f)
    }
}

type Capture = fn(&[&dyn SharedRoot]) -> SharedSnapshot;

/// Those that take texts.
const CAPTURES: [Capture; 2] =
    [SharedSnapshot::capture_with_texts, SharedSnapshot::capture_in_passing_with_texts];

/// Those that take none.
const OTHERS: [Capture; 2] = [SharedSnapshot::capture, SharedSnapshot::capture_in_passing];

fn turn_without_candidates() -> MutexGuard<'static, ()> {
    let turn = turn();
    sync::gc::collect();
    turn
}

/// The text of an object that is passed to the snapshot, the same however that is taken.
fn text_of<T: ?Sized>(gc: &Gc<T>) -> Option<String> {
    let [text, other] =
        CAPTURES.map(|capture| capture(&[gc]).get(gc).unwrap().text().map(String::from));
    assert_eq!(text, other);
    text
}

#[test]
fn plain_values_have_their_display_as_text_and_others_have_none() {
    let _turn = turn_without_candidates();
    assert_eq!(text_of(&Gc::<str>::from("short")).as_deref(), Some("short"));
    assert_eq!(text_of(&Gc::<str>::from("")).as_deref(), Some(""));
    assert_eq!(text_of(&Gc::new(String::from("é"))).as_deref(), Some("é"));
    assert_eq!(text_of(&Gc::new(-5)).as_deref(), Some("-5"));
    assert_eq!(text_of(&Gc::new(u128::MAX)).unwrap(), u128::MAX.to_string());
    assert_eq!(text_of(&Gc::new(true)).as_deref(), Some("true"));
    assert_eq!(text_of(&Gc::new(())), None);
    assert_eq!(text_of(&Gc::new(vec![1])), None);
    assert_eq!(text_of(&Gc::<[u8]>::from(vec![1])), None);
    let long: Gc<str> = Gc::from("é".repeat(101));
    assert_eq!(text_of(&long).unwrap(), "é".repeat(99) + "…");
    for capture in OTHERS {
        assert_eq!(capture(&[&long]).get(&long).unwrap().text(), None);
    }
}

#[test]
fn a_trait_object_has_the_text_of_its_type() {
    trait Speaks: Send + Sync {}
    impl Speaks for Talker {}
    let _turn = turn_without_candidates();
    let talker: Gc<dyn Speaks> = unsize!(Talker::new(|_, f| f.write_str("hello")) => dyn Speaks);
    assert_eq!(text_of(&talker).as_deref(), Some("hello"));
}

#[test]
fn each_object_that_is_reached_has_its_own_text() {
    let _turn = turn_without_candidates();
    let list = Mutex::new((0..50).map(|n| Gc::<str>::from(format!("n{n}"))).collect::<Vec<_>>());
    let all = Gc::new((list, Gc::new(7_u8), Talker::new(|_, f| f.write_str("a talker"))));
    for (capture, is_consistent) in CAPTURES.into_iter().zip([true, false]) {
        let snapshot = capture(&[&all]);
        for text in all.0.lock().unwrap().iter() {
            let info = snapshot.get(text).unwrap();
            assert_eq!((info.text(), info.ref_count()), (Some(&**text), 1));
        }
        assert_eq!(snapshot.get(&all.1).unwrap().text(), Some("7"));
        assert_eq!(snapshot.get(&all.2).unwrap().text(), Some("a talker"));
        assert_eq!(snapshot.get(&all).unwrap().text(), None);
        assert_eq!(snapshot.is_consistent(), is_consistent, "handles of the tool do not count");
    }
}

#[test]
fn texts_stand_in_paths_pictures_and_files() {
    let _turn = turn_without_candidates();
    let all = Gc::new(vec![Talker::new(|_, f| f.write_str("<b>\"Ada\"\n"))]);
    let snapshot = SharedSnapshot::capture_with_texts(&[&all]);
    let path = snapshot.path_to_root(&all[0]).unwrap().to_string();
    assert!(path.contains(r#""<b>\"Ada\"\n">"#), "{path}");
    assert!(snapshot.to_dot(&Drawing::new()).contains("Ada"));
    let mut page = Vec::new();
    snapshot.to_html(&HtmlPage::new("shared"), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("Ada") && !page.contains("<b>"));
    let mut file = Vec::new();
    snapshot.to_heapsnapshot(&mut file).unwrap();
    assert!(String::from_utf8(file).unwrap().contains("Ada"));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn a_panic_takes_only_the_text_of_its_object() {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            // What this carries is forgotten, and has no memory.
            panic_any(());
        }
    }
    let _turn = turn_without_candidates();
    let loud = Talker::new(|_, f| {
        f.write_str("half")?;
        panic!("expected by the test")
    });
    let nasty = Talker::new(|_, _| panic_any(Payload));
    let five = Gc::new(5);
    for capture in CAPTURES {
        let snapshot = capture(&[&loud, &nasty, &five]);
        assert_eq!(snapshot.get(&loud).unwrap().text(), Some("(panicked)"));
        assert_eq!(snapshot.get(&nasty).unwrap().text(), Some("(panicked)"));
        assert_eq!(snapshot.get(&five).unwrap().text(), Some("5"));
    }
    assert_eq!(Gc::strong_count(&loud), 1, "it is let go of");
}

#[test]
fn code_that_writes_texts_may_take_locks() {
    let _turn = turn_without_candidates();
    let talker = Talker::new(|talker, f| write!(f, "{}", talker.other.lock().unwrap().is_some()));
    assert_eq!(text_of(&talker).as_deref(), Some("false"));
    // It is its own affair whether it waits for one that this thread holds.
    let careful = Talker::new(|talker, f| match talker.other.try_lock() {
        Ok(_) => f.write_str("free"),
        Err(_) => f.write_str("busy"),
    });
    let guard = careful.other.lock().unwrap();
    assert_eq!(text_of(&careful).as_deref(), Some("busy"));
    drop(guard);
    assert_eq!(text_of(&careful).as_deref(), Some("free"));
}

#[test]
fn code_that_writes_texts_may_make_objects_and_collect() {
    let _turn = turn_without_candidates();
    let talker = Talker::new(|_, f| {
        for _ in 0..10 {
            let ring = Talker::new(|_, _| Ok(()));
            *ring.other.lock().unwrap() = Some(ring.clone());
        }
        write!(f, "{}", sync::gc::collect())
    });
    for capture in CAPTURES {
        let snapshot = capture(&[&talker]);
        assert_eq!(snapshot.len(), 1, "what is made meanwhile does not appear");
        assert_eq!(snapshot.get(&talker).unwrap().text(), Some("10"));
    }
}

#[test]
fn code_that_writes_texts_may_take_a_snapshot_which_has_none() {
    let _turn = turn_without_candidates();
    let talker = Talker::new(|_, f| {
        let number = Gc::new(5);
        let local = gcycle::Gc::new(5);
        for capture in CAPTURES {
            let inner = capture(&[&number]);
            assert!(inner.is_complete() && inner.get(&number).unwrap().text().is_none());
        }
        let inner = HeapSnapshot::capture_with_texts();
        assert!(inner.get(&local).unwrap().text().is_none());
        assert_eq!(Gc::strong_count(&number), 1);
        f.write_str("asked")
    });
    for _ in 0..2 {
        assert_eq!(text_of(&talker).as_deref(), Some("asked"));
    }
}

#[test]
fn a_trace_gets_no_texts() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    struct Curious;
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Curious {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {
            let number = Gc::new(5);
            for capture in CAPTURES {
                let snapshot = capture(&[&number]);
                assert_eq!(snapshot.get(&number).unwrap().text(), None);
            }
            ASKED.fetch_add(1, Ordering::Relaxed);
        }
    }
    // Without it, there would be nothing to look at.
    impl Drop for Curious {
        fn drop(&mut self) {}
    }
    let _turn = turn_without_candidates();
    let curious = gcycle::Gc::new(Curious);
    assert!(HeapSnapshot::capture().get(&curious).is_some());
    assert_ne!(ASKED.load(Ordering::Relaxed), 0);
}

static KEPT: Mutex<Vec<Gc<Talker>>> = Mutex::new(Vec::new());

#[test]
fn code_that_writes_texts_may_drop_the_last_other_handle_to_its_object() {
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    static HOLDER: Mutex<Option<Gc<Vec<Gc<Talker>>>>> = Mutex::new(None);
    let act: Act = |talker, f| {
        drop(HOLDER.lock().unwrap().take());
        talker.counted.as_ref().unwrap().check();
        f.write_str("still here")
    };
    for capture in CAPTURES {
        let list = Gc::new(vec![Talker::counted(act, &counter), Talker::counted(act, &counter)]);
        // A candidate, so that it is shown without a handle that is passed.
        drop(list.clone());
        *HOLDER.lock().unwrap() = Some(list);
        let snapshot = capture(&[]);
        let texts: Vec<_> = snapshot.of_type::<Talker>().map(ObjectInfo::text).collect();
        assert_eq!(texts, [Some("still here"); 2]);
        assert!(HOLDER.lock().unwrap().is_none());
        counter.all_are_dropped();
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn what_dies_meanwhile_is_not_dropped_by_a_thread_that_may_hold_its_lock() {
    static LOCK: Mutex<()> = Mutex::new(());
    static HELD: Mutex<Option<Gc<Loud>>> = Mutex::new(None);
    static DROPPED: AtomicBool = AtomicBool::new(false);
    struct Wants;
    impl Drop for Wants {
        fn drop(&mut self) {
            drop(LOCK.lock());
            DROPPED.store(true, Ordering::Release);
        }
    }
    #[derive(Trace)]
    #[trace(shared, describe = lets_go)]
    struct Loud(#[trace(skip)] Wants, Mutex<Option<Gc<Loud>>>);
    fn lets_go(_: &Loud, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        drop(HELD.lock().unwrap().take());
        f.write_str("it is let go")
    }
    let _turn = turn_without_candidates();
    for capture in CAPTURES {
        DROPPED.store(false, Ordering::Release);
        let loud = Gc::new(Loud(Wants, Mutex::default()));
        drop(loud.clone());
        *HELD.lock().unwrap() = Some(loud);
        let guard = LOCK.lock().unwrap();
        let snapshot = capture(&[]);
        assert_eq!(snapshot.find("Loud").next().unwrap().text(), Some("it is let go"));
        assert!(!DROPPED.load(Ordering::Acquire));
        drop(guard);
        while !DROPPED.load(Ordering::Acquire) {
            sync::gc::collect();
            thread::yield_now();
        }
    }
}

#[test]
fn nobody_gets_what_is_described_alone() {
    let _turn = turn_without_candidates();
    let act: Act = |_, f| {
        let mut kept = KEPT.lock().unwrap();
        let is_shared = Gc::get_mut(&mut kept[0]).is_none();
        let taken = Gc::try_unwrap(kept.pop().unwrap());
        write!(f, "{}", is_shared && taken.map_err(|gc| kept.push(gc)).is_err())
    };
    for capture in CAPTURES {
        let talker = Talker::new(act);
        drop(talker.clone());
        KEPT.lock().unwrap().push(talker);
        let snapshot = capture(&[]);
        assert_eq!(snapshot.of_type::<Talker>().next().unwrap().text(), Some("true"));
        let mut kept = KEPT.lock().unwrap().pop().unwrap();
        assert!(Gc::get_mut(&mut kept).is_some(), "and afterwards it is as before");
    }
}

#[test]
fn what_a_thread_has_alone_has_no_text() {
    let _turn = turn_without_candidates();
    let mut talker = Talker::new(|_, _| panic!("it must not be looked at"));
    drop(talker.clone());
    let id = ObjectId::from(&talker);
    let guard = Gc::get_mut(&mut talker).unwrap();
    for capture in CAPTURES {
        let snapshot = capture(&[]);
        let object = snapshot.get(id).unwrap();
        assert!(object.is_exclusive() && object.text().is_none());
    }
    drop(guard);
}

#[test]
fn what_is_described_is_let_go_of() {
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    let talker = Talker::counted(|_, f| f.write_str("in a ring"), &counter);
    *talker.other.lock().unwrap() = Some(talker.clone());
    let text: Gc<str> = Gc::from("leaf");
    for capture in CAPTURES {
        let count = sync::gc::get_count();
        let snapshot = capture(&[&talker, &text]);
        assert_eq!(
            snapshot.get(&talker).unwrap().ref_count(),
            2,
            "a handle of the tool is not shown"
        );
        assert_eq!((Gc::strong_count(&talker), Gc::strong_count(&text)), (2, 1));
        let counted = sync::gc::get_count();
        assert!(
            counted <= count + 1,
            "{counted} and not {count}: one was held that may be in a cycle"
        );
    }
    drop(talker);
    counter.all_are_dropped();
}

#[test]
fn garbage_whose_last_handle_from_outside_was_the_tools_is_collected() {
    static RING: Mutex<Option<Gc<Talker>>> = Mutex::new(None);
    let _turn = turn_without_candidates();
    sync::gc::disable();
    let counter = Counter::default();
    let act: Act = |_, f| {
        // The program lets go; a collection finds it held by the tool, so that it is no candidate any more.
        drop(RING.lock().unwrap().take());
        write!(f, "{}", sync::gc::collect())
    };
    for capture in CAPTURES {
        let talker = Talker::counted(act, &counter);
        *talker.other.lock().unwrap() = Some(talker.clone());
        drop(talker.clone());
        *RING.lock().unwrap() = Some(talker);
        let snapshot = capture(&[]);
        assert_eq!(snapshot.of_type::<Talker>().next().unwrap().text(), Some("0"));
        assert_eq!(sync::gc::collect(), 1);
    }
    counter.all_are_dropped();
    sync::gc::enable();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn leaves_that_go_while_others_are_looked_at_have_the_text_that_they_had() {
    type Place = Mutex<Vec<Gc<str>>>;
    const ROUNDS: usize = if cfg!(miri) { 5 } else { 300 };
    let _turn = turn_without_candidates();
    let places: Gc<Vec<Gc<Place>>> = Gc::new((0..20).map(|_| Gc::default()).collect());
    let (over, is_over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let changed = places.clone();
        scope.spawn(move || {
            let mut number = 0;
            while is_over.try_recv() == Err(mpsc::TryRecvError::Empty) {
                let mut place = changed[number % 20].lock().unwrap();
                place.clear();
                place.extend([Gc::from("some"), Gc::from("text")]);
                number += 7;
            }
        });
        for _ in 0..ROUNDS {
            for capture in CAPTURES {
                let snapshot = capture(&[&places]);
                let mut texts = snapshot.objects().filter(|object| object.type_name() == "str");
                assert!(texts.all(|text| matches!(text.text(), Some("some" | "text") | None)));
            }
        }
        drop(over);
    });
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn what_was_held_for_an_object_whose_trace_failed_is_let_go_of() {
    struct Fails(Mutex<Option<Gc<Loud>>>, Gc<str>);
    /// A leaf, whose drop runs code of the program.
    struct Loud(Counted);
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Loud {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {}

        fn tracked() -> bool {
            false
        }

        fn describer() -> Option<fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result> {
            Some(|loud, f| {
                loud.0.check();
                f.write_str("loud")
            })
        }
    }
    // SAFETY: nothing is reported.
    unsafe impl sync::Shared for Loud {}
    // SAFETY: both fields are reported, once, and a panic ends it.
    unsafe impl Trace for Fails {
        fn trace(&self, tracer: &mut gcycle::Tracer<'_>) {
            self.0.trace(tracer);
            self.1.trace(tracer);
            panic!("expected by the test");
        }
    }
    // SAFETY: as the fields promise.
    unsafe impl sync::Shared for Fails {}
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    let loud = Gc::new(Loud(counter.count()));
    let fails = Gc::new(Fails(Mutex::new(Some(loud)), Gc::from("text")));
    for capture in CAPTURES {
        let snapshot = capture(&[&fails]);
        assert_eq!((snapshot.len(), snapshot.unseen().len()), (1, 1));
        assert_eq!(Gc::strong_count(&fails.1), 1);
    }
    assert_eq!(counter.dropped(), 0);
    fails.0.lock().unwrap().take();
    assert_eq!(counter.dropped(), 1);
}

#[test]
fn drops_and_finalizers_may_take_one() {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    fn look() {
        let number = Gc::new(5);
        // A candidate, so that it is shown. The tool lets go of it inside of the drop that is under way.
        let talker = Talker::new(|_, f| f.write_str("hello"));
        drop(talker.clone());
        KEPT.lock().unwrap().push(talker);
        for capture in CAPTURES {
            let snapshot = capture(&[&number]);
            assert_eq!(snapshot.get(&number).unwrap().text(), Some("5"));
            let talker = snapshot.of_type::<Talker>().next().unwrap();
            assert_eq!(talker.text(), Some("hello"));
            SEEN.fetch_add(1, Ordering::Relaxed);
        }
        KEPT.lock().unwrap().clear();
    }
    struct Looks;
    impl Drop for Looks {
        fn drop(&mut self) {
            look();
        }
    }
    #[derive(Trace)]
    #[trace(shared, finalize)]
    struct Ends(#[trace(skip)] Looks, Mutex<Option<Gc<Ends>>>);
    impl gcycle::Finalize for Ends {
        fn finalize(&self) {
            look();
        }
    }
    let _turn = turn_without_candidates();
    drop(Gc::new(Ends(Looks, Mutex::default())));
    assert_eq!(SEEN.load(Ordering::Relaxed), 4);
    let own = Gc::new(Ends(Looks, Mutex::default()));
    *own.1.lock().unwrap() = Some(own.clone());
    drop(own);
    sync::gc::collect();
    assert_eq!(SEEN.load(Ordering::Relaxed), 8);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn one_can_be_taken_while_the_thread_ends() {
    struct AtTheEnd(Gc<u8>);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            for capture in CAPTURES {
                let snapshot = capture(&[&self.0]);
                assert_eq!(snapshot.get(&self.0).unwrap().text(), Some("7"));
            }
        }
    }
    thread_local! {
        static LAST: Cell<Option<AtTheEnd>> = const { Cell::new(None) };
    }
    let _turn = turn_without_candidates();
    thread::spawn(|| LAST.set(Some(AtTheEnd(Gc::new(7))))).join().unwrap();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn threads_take_them_while_others_change_what_they_show() {
    const ROUNDS: usize = if cfg!(miri) { 4 } else { 200 };
    let _turn = turn_without_candidates();
    let counter = Counter::default();
    // It waits for its lock, as others do that hold no other.
    let act: Act = |talker, f| {
        talker.counted.as_ref().unwrap().check();
        let other = talker.other.lock().unwrap();
        f.write_str(if other.is_some() { "some" } else { "none" })
    };
    let ring: Vec<_> = (0..8).map(|_| Talker::counted(act, &counter)).collect();
    let ring = Gc::new(ring);
    thread::scope(|scope| {
        for thread in 0..2 {
            let (ring, counter) = (&ring, &counter);
            scope.spawn(move || {
                for round in 0..10 * ROUNDS {
                    let new = Talker::counted(act, counter);
                    *new.other.lock().unwrap() = Some(new.clone());
                    let place = &ring[(round * 3 + thread) % ring.len()];
                    let old = place.other.lock().unwrap().replace(new);
                    if round % 4 == 0 {
                        let taken = old.and_then(|old| old.other.lock().unwrap().take());
                        drop(taken);
                    }
                }
            });
        }
        for capture in CAPTURES {
            let ring = &ring;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let snapshot = capture(&[ring]);
                    for talker in snapshot.of_type::<Talker>() {
                        assert!(matches!(talker.text(), Some("some" | "none") | None));
                    }
                    if round % 8 == 0 {
                        sync::gc::collect();
                    }
                }
            });
        }
    });
    drop(ring);
    counter.all_are_dropped();
}
