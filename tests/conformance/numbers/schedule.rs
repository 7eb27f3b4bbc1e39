//! The schedules: which collections start by themselves, while objects are made
//! in a certain way.

use std::cell::RefCell;
use std::thread;

use gcycle::gc::{self, Generation, GenerationStats};
use gcycle::{Gc, Trace};

const SCHEDULES: &str = include_str!("../data/schedules.txt");

/// An object that may refer to itself.
#[derive(Default, Trace)]
struct Bare {
    me: RefCell<Option<Gc<Bare>>>,
}

/// Makes `count` objects, and keeps some of them.
fn make(pattern: &str, count: usize) -> Vec<Option<Gc<Bare>>> {
    let mut kept = vec![None; count];
    let mut previous = None;
    for made in 0..count {
        let one = Gc::new(Bare::default());
        let make_cycle = |one: &Gc<Bare>| *one.me.borrow_mut() = Some(one.clone());
        match pattern {
            "drop" => {}
            "keep" => kept[made] = Some(one.clone()),
            "churn" => kept[made % 50] = Some(one.clone()),
            "mixed" if made % 3 == 0 => kept[made] = Some(one.clone()),
            "cycle" | "mixed" => make_cycle(&one),
            _ => panic!("no pattern is named {pattern}"),
        }
        // In Python the name `one` keeps an object until it gets the next one.
        previous = Some(one);
    }
    gc::disable();
    kept.push(previous);
    kept
}

/// The line with the answers of this library.
fn run(line: &str) -> String {
    let setting = line.split(" -> ").next().unwrap();
    let words: Vec<&str> = setting.split(' ').collect();
    let number = |position: usize| words[position].parse::<u32>().unwrap();
    gc::disable();
    gc::set_threshold(number(0), number(1), number(2));
    gc::collect();
    gc::collect_generation(Generation::Young);
    let before = gc::get_stats();
    gc::enable();
    let kept = make(words[3], number(4) as usize);
    let (young, middle, old) = gc::get_count();
    let after = gc::get_stats();
    drop(kept);
    let since = |field: fn(&GenerationStats) -> u64| {
        [0, 1, 2].map(|generation| field(&after[generation]) - field(&before[generation]))
    };
    let [runs_young, runs_middle, runs_old] = since(|stats| stats.collections);
    let collected: u64 = since(|stats| stats.collected).iter().sum();
    format!(
        "{setting} -> collections {runs_young} {runs_middle} {runs_old} \
         collected {collected} counts {young} {middle} {old}"
    )
}

#[test]
#[cfg_attr(gc_zeal, ignore = "collections start at every allocation")]
fn collections_start_when_they_do_in_cpython() {
    assert_eq!(SCHEDULES.lines().count(), 90);
    let mut differing = Vec::new();
    // Under Miri a few of those that make fewest objects.
    let step = if cfg!(miri) { 10 } else { 1 };
    let is_wanted = |line: &&str| cfg!(not(miri)) || line.contains(" 99 -> ");
    for line in SCHEDULES.lines().filter(is_wanted).step_by(step) {
        let answered = thread::spawn(move || run(line)).join().unwrap();
        if answered != line {
            differing.push(format!("CPython: {line}\nhere:    {answered}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
