//! A run of the simulation: frame after frame, and then it ends.

#![expect(clippy::std_instead_of_alloc, reason = "written as a user would write it")]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use gcycle::gc::{self, Budget, CollectionInfo, Generation, Phase, Progress};
use gcycle::{Gc, Trace};

use crate::clock;
use crate::world::{self, Size, World};

/// When the collector works, and how long at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Collections {
    /// In the frames, where objects are made, within a budget.
    InFrames(Budget),
    /// Between the frames: up to two milliseconds, in steps of this budget.
    BetweenFrames(Budget),
}

/// The time for the steps after a frame.
const BETWEEN: Duration = Duration::from_millis(2);

/// What came of a run.
pub(crate) struct Report {
    /// How long each frame took.
    pub(crate) frames: Vec<Duration>,
    /// How long the steps after each frame took.
    pub(crate) between: Vec<Duration>,
    /// The collections, in the order in which they ended.
    pub(crate) collections: Vec<CollectionInfo>,
    /// Objects of the world, garbage included, after the last frame.
    pub(crate) objects: usize,
    /// Colonies that had died until then, had a successor, and were not freed yet.
    pub(crate) dead: usize,
    /// Objects of the world that were left at the end.
    pub(crate) left: usize,
}

/// Runs so many frames of a world in this thread, lets go of the world, and waits until the
/// collector has had the time for a whole cycle.
pub(crate) fn run(size: Size, frames: usize, collections: Collections) -> Report {
    collections.set_up();
    let journal = Journal::start();
    let mut world = World::new(size);
    let mut report = Report {
        frames: Vec::with_capacity(frames),
        between: Vec::with_capacity(frames),
        collections: Vec::new(),
        objects: 0,
        dead: 0,
        left: 0,
    };
    for _ in 0..frames {
        let start = clock::now();
        world.advance();
        let end = clock::now();
        collections.after_frame();
        report.frames.push(end.saturating_sub(start));
        report.between.push(clock::now().saturating_sub(end));
    }
    report.objects = world::objects();
    report.dead = world.dead();
    drop(world);
    show_menu(&journal, collections);
    report.left = world::objects();
    report.collections = journal.end();
    collections.restore();
    report
}

impl Collections {
    fn set_up(self) {
        match self {
            Collections::InFrames(budget) => gc::set_budget(budget),
            Collections::BetweenFrames(_) => gc::disable(),
        }
    }

    /// The frame was drawn. Until the next one there is time.
    fn after_frame(self) {
        if let Collections::BetweenFrames(budget) = self {
            let end = clock::now() + BETWEEN;
            while gc::step(budget) == Progress::More && clock::now() < end {}
        }
    }

    fn restore(self) {
        match self {
            Collections::InFrames(_) => gc::set_budget(Budget::default()),
            Collections::BetweenFrames(_) => gc::enable(),
        }
    }
}

/// A spark of the menu, which ends as a cycle of its own.
#[derive(Trace)]
struct Spark {
    this: RefCell<Option<Gc<Spark>>>,
}

/// After the simulation the program shows a menu, in which something moves, too. It stays until
/// a full collection has begun and ended.
fn show_menu(journal: &Journal, collections: Collections) {
    let started = journal.0.borrow().started;
    let is_over = || {
        let notes = journal.0.borrow();
        notes.ended > started
    };
    for _frame in 0..10_000 {
        if is_over() {
            return;
        }
        for _ in 0..1000 {
            let spark = Gc::new(Spark { this: RefCell::default() });
            *spark.this.borrow_mut() = Some(spark.clone());
        }
        collections.after_frame();
    }
    panic!("ten million sparks were no reason for a full collection");
}

/// Notes what the collector does.
struct Journal(Rc<RefCell<Notes>>, gc::CallbackId);

#[derive(Default)]
struct Notes {
    /// Full collections that started, and that ended.
    started: usize,
    ended: usize,
    collections: Vec<CollectionInfo>,
}

impl Journal {
    fn start() -> Journal {
        let notes = Rc::new(RefCell::new(Notes::default()));
        let own = notes.clone();
        let callback = gc::add_callback(move |phase, info| {
            let is_full = usize::from(info.generation == Generation::Old);
            let mut notes = own.borrow_mut();
            match phase {
                Phase::Start => notes.started += is_full,
                Phase::Stop => {
                    notes.ended += is_full;
                    notes.collections.push(*info);
                }
            }
        });
        Journal(notes, callback)
    }

    fn end(self) -> Vec<CollectionInfo> {
        gc::remove_callback(self.1);
        self.0.take().collections
    }
}
