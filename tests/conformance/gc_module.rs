//! Python's `gc` module, function by function, beyond what its test cases
//! assert: what the documentation says and what was measured.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::gc::{self, DebugFlags, Generation, GenerationStats, Object, Phase};
use gcycle::{Gc, Untraced};

use crate::cases::{disabled, enabled};
use crate::child;
use crate::objects::{Instance, List, Plain};

#[test]
fn enable_disable_and_isenabled() {
    enabled(|| {
        assert!(gc::is_enabled());
        gc::disable();
        assert!(!gc::is_enabled());
        gc::set_threshold(1, 1, 1);
        (0..10).for_each(|_| drop(List::cyclic()));
        assert_eq!(gc::get_stats()[0].collections, 0);
        assert_eq!(gc::collect(), 10, "it can still be asked for");
        gc::enable();
        assert!(gc::is_enabled());
        (0..10).for_each(|_| drop(List::cyclic()));
        assert!(gc::get_stats()[0].collections > 0);
    });
}

#[test]
fn pause_leaves_the_switch_alone() {
    enabled(|| {
        gc::set_threshold(1, 1, 1);
        let guards = [gc::pause(), gc::pause()];
        (0..10).for_each(|_| drop(List::cyclic()));
        assert!(gc::is_enabled());
        let [first, second] = guards;
        drop(first);
        (0..10).for_each(|_| drop(List::cyclic()));
        assert_eq!(gc::get_stats()[0].collections, 0);
        drop(second);
        drop(List::cyclic());
        assert!(gc::get_stats().iter().any(|stats| stats.collections > 0));
    });
}

#[test]
fn collect_returns_what_it_found_and_is_not_nested() {
    disabled(|| {
        let nested = Rc::new(Cell::new(None));
        let object = Instance::cyclic("me", {
            let nested = Rc::clone(&nested);
            move |_| nested.set(Some(gc::collect()))
        });
        drop((object, List::cyclic()));
        assert_eq!(gc::collect(), 2);
        assert_eq!(nested.get(), Some(0));
        // A generation, and all younger ones.
        drop(List::cyclic());
        assert_eq!(gc::collect_generation(Generation::Middle), 1);
    });
}

#[test]
fn collect_takes_generations_0_to_2() {
    let numbers = [0, 1, 2].map(Generation::try_from);
    assert_eq!(numbers, Generation::ALL.map(Ok));
    for invalid in [3, 5, usize::MAX] {
        let message = Generation::try_from(invalid).unwrap_err().to_string();
        assert!(message.starts_with("invalid generation"), "{message}");
    }
}

#[test]
fn get_objects_shows_tracked_objects_that_are_not_frozen() {
    disabled(|| {
        let (list, text) = (List::new(), Gc::new("text"));
        let objects = gc::get_objects(None);
        assert!(objects.contains(&Object::from(&list)));
        assert!(!objects.contains(&Object::from(&text)));
        gc::freeze();
        let young = List::new();
        assert_eq!(gc::get_objects(None), [Object::from(&young)]);
        gc::unfreeze();
        assert_eq!(gc::get_objects(None).len(), 2);
    });
}

#[test]
fn get_stats_are_totals_of_the_generation_asked_for() {
    disabled(|| {
        drop((List::cyclic(), List::cyclic()));
        gc::collect_generation(Generation::Middle);
        drop(List::cyclic());
        gc::collect_generation(Generation::Middle);
        let [young, middle, old] = gc::get_stats();
        assert_eq!([young, old], [GenerationStats::default(); 2]);
        assert_eq!((middle.collections, middle.collected, middle.uncollectable), (2, 3, 0));
        assert_eq!(middle.candidates, 3);
        assert!(middle.duration.as_nanos() > 0);
    });
}

#[test]
#[cfg_attr(gc_zeal, ignore = "collections start at every allocation")]
fn thresholds_start_as_700_10_10_and_0_switches_collection_off() {
    enabled(|| {
        assert_eq!(gc::get_threshold(), (700, 10, 10));
        gc::set_threshold(100, 5, 0);
        assert_eq!(gc::get_threshold(), (100, 5, 0));
        // Every 101st allocation, as the comparison is strict.
        let _lists: Vec<_> = (0..100).map(|_| List::new()).collect();
        assert_eq!(gc::get_stats()[0].collections, 0);
        let _more = List::new();
        assert_eq!(gc::get_stats()[0].collections, 1);
        gc::set_threshold(0, 5, 0);
        let _lists: Vec<_> =
            (0..if cfg!(miri) { 110 } else { 1000 }).map(|_| List::new()).collect();
        assert_eq!(gc::get_stats()[0].collections, 1);
    });
}

#[test]
fn get_count_counts_allocations_less_deaths_and_collections() {
    disabled(|| {
        let mut lists: Vec<_> = (0..5).map(|_| List::new()).collect();
        assert_eq!(gc::get_count(), (5, 0, 0));
        lists.truncate(3);
        assert_eq!(gc::get_count(), (3, 0, 0));
        gc::collect_generation(Generation::Young);
        assert_eq!(gc::get_count(), (0, 1, 0));
        drop(lists);
        assert_eq!(gc::get_count(), (0, 1, 0), "it is never below 0");
        gc::collect_generation(Generation::Middle);
        assert_eq!(gc::get_count(), (0, 0, 1));
        gc::collect();
        assert_eq!(gc::get_count(), (0, 0, 0));
    });
}

#[test]
fn get_referrers_are_tracked_objects_that_are_not_frozen() {
    disabled(|| {
        let target = Plain::new();
        let target_object = Object::from(&target);
        assert!(gc::get_referrers(&[]).is_empty());
        assert!(gc::get_referrers(std::slice::from_ref(&target_object)).is_empty());

        let frozen = Plain::new();
        frozen.refs.set("target", target.clone());
        gc::freeze();
        let twice = Plain::new();
        twice.refs.set("one", target.clone());
        twice.refs.set("other", target.clone());
        let _hidden = Gc::new(Untraced(target.clone()));
        // Each referrer once, and garbage that was not collected too.
        let garbage = Plain::cyclic("me");
        garbage.refs.set("target", target);
        let expected = [Object::from(&twice), Object::from(&garbage)];
        drop(garbage);
        let referrers = gc::get_referrers(&[target_object]);
        assert_eq!(referrers.len(), 2);
        assert!(expected.iter().all(|object| referrers.contains(object)));
    });
}

#[test]
fn is_tracked_stays_true_for_frozen_objects() {
    disabled(|| {
        let list = List::new();
        gc::freeze();
        assert!(gc::is_tracked(&list));
        assert!(Object::from(&list).is_tracked());
        assert_eq!(Object::from(&list).generation(), None);
    });
}

#[test]
fn freeze_counts_and_unfreeze_makes_old() {
    disabled(|| {
        let lists = [List::new(), List::new(), List::cyclic()];
        gc::collect_generation(Generation::Young);
        gc::freeze();
        assert_eq!(gc::get_count(), (0, 0, 0));
        assert_eq!(gc::get_freeze_count(), 3);
        let [first, second, cyclic] = lists;
        // Counting goes on: a frozen object dies when its count reaches zero.
        drop(first);
        assert_eq!(gc::get_freeze_count(), 2);
        gc::unfreeze();
        assert_eq!(gc::get_freeze_count(), 0);
        assert_eq!(Object::from(&second).generation(), Some(Generation::Old));
        drop(cyclic);
        assert_eq!(gc::collect_generation(Generation::Middle), 0);
        assert_eq!(gc::collect(), 1);
    });
}

#[test]
fn garbage_holds_all_that_was_unreachable_with_saveall() {
    disabled(|| {
        let finalized = Rc::new(Cell::new(0));
        let object = Instance::cyclic("me", {
            let finalized = Rc::clone(&finalized);
            move |_| finalized.set(finalized.get() + 1)
        });
        let calls = Rc::new(Cell::new(0));
        let watching = Gc::downgrade_with(&object, {
            let calls = Rc::clone(&calls);
            move || calls.set(calls.get() + 1)
        });
        let plain = Gc::downgrade(&object);
        gc::set_debug(DebugFlags::SAVEALL);
        drop((object, List::cyclic()));
        assert_eq!(gc::collect(), 2, "it counts as collected");
        // Finalizers ran and weak references with a callback were cleared. One
        // without works, as the object lives.
        assert_eq!((finalized.get(), calls.get()), (1, 1));
        assert!(watching.upgrade().is_none());
        assert!(plain.upgrade().is_some());
        assert_eq!(gc::garbage().len(), 2);
        assert_eq!(gc::get_objects(None).len(), 2);
        gc::set_debug(DebugFlags::empty());
        assert_eq!(gc::take_garbage().len(), 2);
        assert!(gc::garbage().is_empty());
        assert_eq!(gc::collect(), 2);
        assert_eq!(finalized.get(), 1);
    });
}

#[test]
fn callbacks_are_told_of_the_start_and_the_end() {
    disabled(|| {
        let infos = Rc::new(RefCell::new(Vec::new()));
        let id = gc::add_callback({
            let infos = Rc::clone(&infos);
            move |phase, info| {
                assert_eq!(gc::collect(), 0, "a collection is running");
                infos.borrow_mut().push((phase, *info));
            }
        });
        drop((List::cyclic(), List::cyclic()));
        gc::collect_generation(Generation::Young);
        let [(Phase::Start, start), (Phase::Stop, stop)] = infos.take()[..] else {
            panic!("one call at the start, one at the end")
        };
        assert_eq!((start.generation, stop.generation), (Generation::Young, Generation::Young));
        assert_eq!((start.collected, start.uncollectable, start.candidates), (0, 0, 0));
        assert_eq!((stop.collected, stop.uncollectable, stop.candidates), (2, 0, 2));
        assert!(stop.duration > start.duration);

        assert!(gc::remove_callback(id));
        assert!(!gc::remove_callback(id));
        gc::collect();
        assert!(infos.borrow().is_empty());
    });
}

#[test]
fn debug_flags_have_the_values_of_python() {
    enabled(|| {
        let flags = [
            DebugFlags::STATS,
            DebugFlags::COLLECTABLE,
            DebugFlags::UNCOLLECTABLE,
            DebugFlags::SAVEALL,
            DebugFlags::LEAK,
        ];
        assert_eq!(flags.map(|flag| flag.bits()), [1, 2, 4, 32, 38]);
        assert_eq!(gc::get_debug(), DebugFlags::empty());
        gc::set_debug(DebugFlags::LEAK);
        assert_eq!(gc::get_debug(), DebugFlags::LEAK);
        gc::set_debug(DebugFlags::empty());
    });
}

fn collect_with_names() {
    // Both are found by the same collection.
    let _pause = gc::pause();
    let lazarus = Rc::new(RefCell::new(None));
    drop(Instance::cyclic("me", {
        let lazarus = Rc::clone(&lazarus);
        move |this| {
            eprintln!("finalized");
            *lazarus.borrow_mut() = Some(this.this());
        }
    }));
    drop(List::cyclic());
    gc::set_debug(DebugFlags::COLLECTABLE);
    gc::collect();
    gc::set_debug(DebugFlags::empty());
    // Its finalizer holds the place that it is stored in.
    drop(lazarus.take());
}

#[test]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn debug_collectable_prints_each_object_before_finalizers_run() {
    let test = "gc_module::debug_collectable_prints_each_object_before_finalizers_run";
    let [stderr] = child::stderr_of(test, [collect_with_names]);
    let lines: Vec<&str> = stderr.lines().collect();
    let is_object = |line: &str, name: &str| {
        let start = format!("gc: collectable <conformance::objects::{name} 0x");
        line.starts_with(&start) && line.ends_with('>')
    };
    // What is resurrected afterwards is printed too, as in CPython.
    assert_eq!(lines.len(), 3, "{stderr}");
    for name in ["Instance", "List"] {
        assert!(lines[..2].iter().any(|line| is_object(line, name)), "{stderr}");
    }
    assert_eq!(lines[2], "finalized");
}

#[test]
fn getrefcount_and_id_are_those_of_the_object() {
    enabled(|| {
        let list = List::new();
        assert_eq!(Gc::strong_count(&list), 1, "without the extra one");
        let other = list.clone();
        assert_eq!(Gc::strong_count(&list), 2);
        assert_eq!(gc::id(&list), gc::id(&other));
        assert_eq!(gc::id(&list), Object::from(&list).id());
        assert_ne!(gc::id(&list), gc::id(&List::new()));
    });
}
