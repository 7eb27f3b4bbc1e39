//! The programs: an interpreter for the operations of `data/record.py`, which
//! says what each of them means.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::thread;

use gcycle::gc::{self, DebugFlags, Generation, Object};
use gcycle::{Finalize, Gc, Trace, Tracer, Weak};

const PROGRAMS: &str = include_str!("../data/programs.txt");

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Noted,
    Lazarus,
    Rescuer,
    Breaker,
    Maker,
}

impl Kind {
    fn named(name: &str) -> Kind {
        match name {
            "plain" => Kind::Plain,
            "noted" => Kind::Noted,
            "lazarus" => Kind::Lazarus,
            "rescuer" => Kind::Rescuer,
            "breaker" => Kind::Breaker,
            "maker" => Kind::Maker,
            _ => panic!("no kind is named {name}"),
        }
    }
}

/// What finalizers did.
struct World<const DEL: bool> {
    finalized: RefCell<Vec<u32>>,
    survivors: RefCell<Vec<Gc<Thing<DEL>>>>,
}

/// An object with four slots. In programs without finalizers its type has none
/// (`DEL` is false), as the collector takes another way then.
struct Thing<const DEL: bool> {
    number: u32,
    kind: Kind,
    slots: [RefCell<Option<Gc<Thing<DEL>>>>; 4],
    this: OnceCell<Weak<Thing<DEL>>>,
    world: Rc<World<DEL>>,
}

// SAFETY: each slot is traced once and owns what it reports.
unsafe impl<const DEL: bool> Trace for Thing<DEL> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.slots.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        DEL.then_some(<Self as Finalize>::finalize)
    }
}

impl<const DEL: bool> Finalize for Thing<DEL> {
    fn finalize(&self) {
        if self.kind != Kind::Plain {
            self.world.finalized.borrow_mut().push(self.number);
        }
        match self.kind {
            Kind::Plain | Kind::Noted => {}
            Kind::Lazarus => {
                let this = self.this.get().unwrap().upgrade().unwrap();
                self.world.survivors.borrow_mut().push(this);
            }
            Kind::Rescuer => {
                let rescued = self.slots[0].borrow().clone();
                self.world.survivors.borrow_mut().extend(rescued);
            }
            Kind::Breaker => self.slots.iter().for_each(|slot| drop(slot.take())),
            Kind::Maker => {
                let made = Thing::new(self.number + 1000, Kind::Plain, &self.world);
                *made.slots[0].borrow_mut() = Some(made.clone());
            }
        }
    }
}

impl<const DEL: bool> Thing<DEL> {
    fn new(number: u32, kind: Kind, world: &Rc<World<DEL>>) -> Gc<Thing<DEL>> {
        let (slots, this) = (Default::default(), OnceCell::new());
        let thing = Gc::new(Thing { number, kind, slots, this, world: Rc::clone(world) });
        if kind == Kind::Lazarus {
            assert!(thing.this.set(Gc::downgrade(&thing)).is_ok());
        }
        thing
    }
}

/// Numbers as `record.py` writes them.
fn list(numbers: impl Iterator<Item = u32>) -> String {
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    if numbers.is_empty() {
        return String::from("none");
    }
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

/// A program that runs.
struct Run<const DEL: bool> {
    world: Rc<World<DEL>>,
    things: BTreeMap<u32, Gc<Thing<DEL>>>,
}

impl<const DEL: bool> Run<DEL> {
    fn new() -> Self {
        let (finalized, survivors) = Default::default();
        Run { world: Rc::new(World { finalized, survivors }), things: BTreeMap::new() }
    }

    fn numbers(objects: &[Object]) -> String {
        list(objects.iter().map(|object| object.downcast::<Thing<DEL>>().unwrap().number))
    }

    fn object(&self, number: u32) -> Object {
        Object::from(&self.things[&number])
    }

    /// Does `operation` and returns its answer, as `record.py` writes it.
    fn step(&mut self, operation: &str, arguments: &[&str]) -> String {
        let number = |position: usize| arguments[position].parse::<u32>().unwrap();
        let generation = || Generation::try_from(number(0) as usize).unwrap();
        let mut answer = String::new();
        match operation {
            "new" => {
                let thing = Thing::new(number(0), Kind::named(arguments[1]), &self.world);
                self.things.insert(number(0), thing);
            }
            "link" => {
                let target = self.things[&number(2)].clone();
                let slot = &self.things[&number(0)].slots[number(1) as usize];
                drop(slot.replace(Some(target)));
            }
            "unlink" => drop(self.things[&number(0)].slots[number(1) as usize].take()),
            "take" => {
                let slot = self.things[&number(0)].slots[number(1) as usize].borrow().clone();
                answer = list(slot.iter().map(|target| target.number));
                self.things.extend(slot.map(|target| (target.number, target)));
            }
            "drop" => drop(self.things.remove(&number(0))),
            "collect" => {
                let found = gc::collect_generation(generation());
                let (_, middle, old) = gc::get_count();
                answer = format!("{found} counts {middle} {old}");
            }
            "save" => {
                gc::set_debug(DebugFlags::SAVEALL);
                let found = gc::collect_generation(generation());
                gc::set_debug(DebugFlags::empty());
                answer = format!("{found} garbage {}", Self::numbers(&gc::garbage()));
            }
            "forget" => drop(gc::take_garbage()),
            "freeze" => gc::freeze(),
            "unfreeze" => gc::unfreeze(),
            "bury" => {
                let survivors = self.world.survivors.take();
                answer = list(survivors.iter().map(|thing| thing.number));
            }
            "generations" => {
                let living = Generation::ALL.map(|one| Self::numbers(&gc::get_objects(Some(one))));
                answer = living.join(", ");
            }
            "refs" => answer = Gc::strong_count(&self.things[&number(0)]).to_string(),
            "referents" => {
                answer = Self::numbers(&gc::get_referents(&[self.object(number(0))]));
            }
            "referrers" => {
                answer = Self::numbers(&gc::get_referrers(&[self.object(number(0))]));
            }
            "is_finalized" => answer = gc::is_finalized(&self.things[&number(0)]).to_string(),
            _ => panic!("no operation is named {operation}"),
        }
        answer
    }

    /// The line with the answers of this library.
    fn run_line(&mut self, line: &str) -> String {
        let operation = line.split(" -> ").next().unwrap();
        let operation = operation.split(" finalized ").next().unwrap();
        let words: Vec<&str> = operation.split(' ').collect();
        let answer = self.step(words[0], &words[1..]);
        let mut line = String::from(operation);
        if !answer.is_empty() {
            write!(line, " -> {answer}").unwrap();
        }
        let finalized = self.world.finalized.take();
        if !finalized.is_empty() {
            write!(line, " finalized {}", list(finalized.into_iter())).unwrap();
        }
        line
    }
}

fn run<const DEL: bool>(program: &str) {
    gc::disable();
    let mut run = Run::<DEL>::new();
    let (title, lines) = program.split_once('\n').unwrap();
    for (number, line) in lines.lines().enumerate() {
        let answered = run.run_line(line);
        assert_eq!(answered, line, "line {} of program {title}", number + 1);
    }
}

/// How many programs a test runs at most.
const MOST: usize = if cfg!(miri) { 1 } else { usize::MAX };

/// Runs the programs that are `wanted` by the first line; their number.
fn run_programs(wanted: fn(&str) -> bool, run: fn(&str)) -> usize {
    let mut count = 0;
    for program in PROGRAMS.split("program ").filter(|program| !program.is_empty()) {
        let title = program.lines().next().unwrap();
        if wanted(title) && count < MOST {
            // Each on a fresh heap, as CPython's was.
            let program = String::from(program);
            thread::spawn(move || run(&program)).join().unwrap();
            count += 1;
        }
    }
    count
}

#[test]
fn programs_without_finalizers_answer_as_in_cpython() {
    assert_eq!(
        run_programs(|title| title.ends_with(" plain"), run::<false>),
        if cfg!(miri) { MOST } else { 40 }
    );
}

#[test]
fn programs_with_finalizers_answer_as_in_cpython() {
    let random =
        |title: &str| title.starts_with(|c: char| c.is_ascii_digit()) && title.ends_with(" mixed");
    assert_eq!(run_programs(random, run::<true>), if cfg!(miri) { MOST } else { 80 });
}

/// One of the programs with a name.
fn run_named(name: &str) {
    let start = format!("program {name} mixed\n");
    let program = PROGRAMS.split_once(&start).expect("there is a program of this name").1;
    let program = program.split("program ").next().unwrap();
    let program = format!("{name}\n{program}");
    let kinds = ["lazarus", "noted", "rescuer", "breaker", "maker"];
    if !kinds.iter().any(|kind| program.contains(kind)) {
        // A program without finalizers is run with both types of objects.
        let program = program.clone();
        thread::spawn(move || run::<false>(&program)).join().unwrap();
    }
    thread::spawn(move || run::<true>(&program)).join().unwrap();
}

#[test]
fn a_cycle_between_an_old_and_a_young_object_is_found_by_the_full_collection() {
    run_named("old-and-young");
}

#[test]
fn objects_move_to_the_next_generation() {
    run_named("moves");
}

#[test]
fn resurrected_objects_move_too_or_are_young_again() {
    run_named("resurrected-moves");
}

#[test]
fn what_dies_by_its_count_during_finalizers_is_not_counted() {
    run_named("breakers");
}

#[test]
fn what_was_resurrected_is_not_counted() {
    run_named("partly-resurrected");
}

#[test]
fn frozen_objects_are_in_no_generation_until_they_are_old() {
    run_named("frozen");
}

#[test]
fn what_is_saved_counts_as_collected() {
    run_named("saved");
}
