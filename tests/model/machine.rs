//! Runs a program on the library and on the oracle, step by step, and compares
//! everything that can be seen of both after each step.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::Once;
use std::thread;

use gcycle::gc::{self, Generation};

use super::oracle::{Oracle, Totals};
use super::program::{Behaviour, Container, Ending, Kind, Op, Program};
use super::values::{AnyWeak, AsAsked, Handle, Recipe, SharedLog, Stored, empty_dropped, open};

#[path = "machine/checks.rs"]
mod checks;
#[path = "machine/edges.rs"]
mod edges;
#[path = "machine/special.rs"]
mod special;
#[path = "machine/weak.rs"]
mod weak;

/// What a panic carries in which something else is done.
const UNWINDING: &str = "a panic unwinds";

/// Runs `program` on a heap of its own.
///
/// # Panics
///
/// If the library does not do what the oracle says.
pub(crate) fn run_alone(program: &Program) {
    quieten_asked_panics();
    let log = SharedLog::default();
    // There are no threads: the next program finds the heap as this one leaves it, empty.
    if cfg!(target_family = "wasm") {
        let program = Program { ending: Ending::Collected, ..program.clone() };
        Machine::new(log.clone()).run(&program);
        return check_log(&log);
    }
    let result = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(8 << 20);
        let run = || run_to_exit(program, &log);
        builder.spawn_scoped(scope, run).expect("a thread can be started").join()
    });
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
    // The thread was joined, so its thread-local destructors have run too.
    check_log(&log);
}

/// Each value was dropped once, and finalized at most once.
fn check_log(log: &SharedLog) {
    let log = open(log);
    assert!(log.complaints.is_empty(), "{:?}", log.complaints);
    assert!(log.times_dropped.iter().all(|&times| times == 1), "{:?}", log.times_dropped);
    assert!(log.times_finalized.iter().all(|&times| times <= 1), "{:?}", log.times_finalized);
}

/// Runs `program` on the heap of this thread, and leaves the heap empty.
pub(crate) fn run_here(program: &Program) {
    quieten_asked_panics();
    let program = Program { ending: Ending::Collected, ..program.clone() };
    Machine::new(SharedLog::default()).run(&program);
}

/// Panics that a program asks for say nothing on stderr.
fn quieten_asked_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<AsAsked>() && info.payload().downcast_ref() != Some(&UNWINDING)
            {
                hook(info);
            }
        }));
    });
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref().copied()).unwrap_or("something without words")
}

/// What a program holds, and what it knows of the heap.
struct Machine {
    oracle: Oracle,
    roots: Vec<Handle>,
    weaks: Vec<AnyWeak>,
    /// Weak handles with a callback, with their numbers.
    watches: Vec<(u32, AnyWeak)>,
    stored: Rc<Stored>,
    pauses: Vec<gc::PauseGuard>,
    log: SharedLog,
    /// Totals of the heap before the program began.
    totals_before: [Totals; 3],
    empty_before: u32,
}

fn totals() -> [Totals; 3] {
    gc::get_stats()
        .map(|stats| Totals { collections: stats.collections, collected: stats.collected })
}

impl Machine {
    fn new(log: SharedLog) -> Machine {
        gc::unfreeze();
        gc::collect();
        gc::enable();
        gc::set_threshold(700, 10, 10);
        gc::collect();
        Machine {
            oracle: Oracle::new(),
            roots: Vec::new(),
            weaks: Vec::new(),
            watches: Vec::new(),
            stored: Rc::default(),
            pauses: Vec::new(),
            log,
            totals_before: totals(),
            empty_before: empty_dropped(),
        }
    }

    fn run(mut self, program: &Program) {
        assert_eq!(gc::memory().objects, 0, "something is left from before");
        self.run_ops(program);
        self.finish();
        drop(self);
        gc::trim();
        assert_eq!(gc::memory().reserved_bytes, 0, "memory that nothing uses is kept");
    }

    fn run_ops(&mut self, program: &Program) {
        for (step, &op) in program.ops.iter().enumerate() {
            let result = catch_unwind(AssertUnwindSafe(|| {
                self.step(op);
                self.check();
            }));
            if let Err(panic) = result {
                let said = message(&*panic);
                let mut story = String::new();
                for op in &program.ops[..=step] {
                    writeln!(story, "    {op:?}").expect("a string can be written to");
                }
                panic!("at step {step}: {said}\n{story}");
            }
        }
        self.check_graph();
    }

    // One step on both sides.

    fn step(&mut self, op: Op) {
        match op {
            Op::New(kind, container, behaviour) => self.make(kind, container, behaviour, None),
            Op::Link { from, to } => self.link(from, to),
            Op::Unlink { from, edge } => self.unlink(from, edge),
            Op::Clear { from } => self.clear(from),
            Op::Clone(root) => {
                if let Some(index) = pick(root, self.roots.len()) {
                    self.keep(self.roots[index].clone());
                    let id = self.oracle.roots[self.oracle.roots.len() - 1];
                    self.oracle.retain(id);
                }
            }
            Op::Drop(root) => self.drop_root(pick(root, self.roots.len())),
            Op::DropMany(count) => {
                let kept = self.roots.len() - self.roots.len().min(count as usize % 64);
                let doomed = self.roots.split_off(kept);
                let ids = self.oracle.roots.split_off(kept);
                self.oracle.release_all(ids);
                self.act(|_| drop(doomed));
            }
            Op::MoveIn { from, into } => self.move_in(from, into),
            Op::MoveOut { from, edge } => self.move_out(from, edge),
            Op::Chain { length, kind, behaviour } => {
                self.build(length, kind, behaviour, false);
            }
            Op::Ring { length, kind, behaviour } => self.build(length, kind, behaviour, true),
            Op::Churn { count, kind } => {
                for _ in 0..count {
                    self.make(kind, Container::Vector, Behaviour::Plain, None);
                    self.drop_root(self.roots.len().checked_sub(1));
                }
            }
            Op::NewBorrowed { object, kind } => {
                let opaque = pick(object, self.roots.len());
                self.make(kind, Container::Vector, Behaviour::Plain, opaque);
            }
            _ => self.step_aside(op),
        }
    }

    /// The operations that do not make, link or drop objects.
    fn step_aside(&mut self, op: Op) {
        match op {
            Op::Downgrade(root) => {
                if let Some(index) = pick(root, self.roots.len()) {
                    self.weaks.push(self.roots[index].downgrade());
                    self.oracle.weaks.push(self.oracle.roots[index]);
                }
            }
            Op::CloneWeak(weak) => {
                if let Some(index) = pick(weak, self.weaks.len()) {
                    self.weaks.push(self.weaks[index].clone());
                    self.oracle.weaks.push(self.oracle.weaks[index]);
                }
            }
            Op::DropWeak(weak) => {
                if let Some(index) = pick(weak, self.weaks.len()) {
                    self.oracle.weaks.swap_remove(index);
                    drop(self.weaks.swap_remove(index));
                }
            }
            Op::Upgrade(weak) => {
                if let Some(index) = pick(weak, self.weaks.len()) {
                    self.keep_upgraded(self.weaks[index].upgrade(), self.oracle.weaks[index]);
                }
            }
            Op::StoreWeak { weak, into } => self.store_weak(weak, into),
            Op::UpgradeStored { from, weak } => self.upgrade_stored(from, weak),
            Op::Collect(how) if how >= 192 && cfg!(panic = "unwind") => {
                self.collect_while_unwinding(how as usize % 3)
            }
            Op::Collect(generation) => self.collect(generation as usize % 3, None),
            Op::CollectBorrowed { object, generation } => {
                let opaque = pick(object, self.roots.len());
                self.collect(generation as usize % 3, opaque);
            }
            Op::SetThreshold { young, middle, old } => {
                gc::set_threshold(young.into(), middle.into(), old.into());
                self.oracle.thresholds = [young.into(), middle.into(), old.into()];
            }
            Op::SetEnabled(is_enabled) => {
                if is_enabled {
                    gc::enable()
                } else {
                    gc::disable()
                }
                self.oracle.is_enabled = is_enabled;
            }
            Op::SetPaused(true) => {
                self.pauses.push(gc::pause());
                self.oracle.pauses += 1;
            }
            Op::SetPaused(false) => {
                if self.pauses.pop().is_some() {
                    self.oracle.pauses -= 1;
                }
            }
            Op::Trim => {
                gc::trim();
            }
            Op::SetFrozen(true) => {
                gc::freeze();
                self.oracle.freeze();
            }
            Op::SetFrozen(false) => {
                gc::unfreeze();
                self.oracle.unfreeze();
            }
            Op::LookAround => self.look_around(),
            Op::TakeStored(stored) => {
                if let Some(index) = pick(stored, self.oracle.stored.len()) {
                    let (id, handle) = self.stored.borrow_mut().swap_remove(index);
                    assert_eq!(id, self.oracle.stored.swap_remove(index));
                    self.roots.push(handle);
                    self.oracle.roots.push(id);
                }
            }
            Op::DropStored => {
                let doomed = self.stored.take();
                let ids = std::mem::take(&mut self.oracle.stored);
                self.oracle.release_all(ids);
                self.act(|_| drop(doomed));
            }
            _ => self.step_specially(op),
        }
    }

    /// Runs `act`, which may run user code, after the oracle did.
    ///
    /// `None` if user code panicked, as the oracle said.
    fn act<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(|| act(self)));
        // What the panic carries would panic if it were dropped.
        let result = result.map_err(ManuallyDrop::new);
        if let Err(panic) = &result {
            assert!(panic.is::<AsAsked>(), "the library panicked: {}", message(&***panic));
        }
        let panics = std::mem::take(&mut self.oracle.has_panicked);
        assert_eq!(result.is_err(), panics, "whether user code panicked");
        result.ok()
    }

    /// Runs `act` while a panic unwinds: those of user code go no further.
    fn act_while_unwinding<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        /// Calls its function when it is dropped.
        struct Unwinds<F: FnOnce()>(Option<F>);
        impl<F: FnOnce()> Drop for Unwinds<F> {
            fn drop(&mut self) {
                self.0.take().expect("it is dropped once")();
            }
        }

        let mut result = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let _unwinds = Unwinds(Some(|| result = Some(act(self))));
            panic_any(UNWINDING);
        }));
        let panic = outcome.expect_err("it panics");
        assert_eq!(panic.downcast_ref(), Some(&UNWINDING), "another panic came out");
        self.oracle.has_panicked = false;
        result
    }

    /// Holds a handle whose target the oracle is told by number.
    fn keep(&mut self, handle: Handle) {
        self.oracle.roots.push(handle.id());
        self.roots.push(handle);
    }

    fn make(
        &mut self,
        kind: Kind,
        container: Container,
        behaviour: Behaviour,
        opaque: Option<usize>,
    ) {
        let hidden = opaque.filter(|&index| self.is_opaque(index));
        let hidden = hidden.map(|index| self.oracle.roots[index]);
        let expected = self.oracle.make(kind, behaviour, hidden);
        let made = self.act(|machine| {
            let stored = Rc::downgrade(&machine.stored);
            let recipe = Recipe { kind, container, behaviour, log: &machine.log, stored: &stored };
            match opaque {
                Some(index) => machine.roots[index].borrowed(|| Handle::make(recipe)),
                None => Handle::make(recipe),
            }
        });
        assert_eq!(made.as_ref().map(Handle::id), expected, "the object that was made");
        if let Some(handle) = made {
            self.keep(handle);
        }
    }

    fn collect(&mut self, generation: usize, opaque: Option<usize>) {
        let hidden = opaque.filter(|&index| self.is_opaque(index));
        let hidden = hidden.map(|index| self.oracle.roots[index]);
        let expected = self.oracle.collect(generation, hidden);
        let generation = Generation::try_from(generation).expect("there are three");
        let collected = self.act(|machine| match opaque {
            Some(index) => machine.roots[index].borrowed(|| gc::collect_generation(generation)),
            None => gc::collect_generation(generation),
        });
        if let Some(collected) = collected {
            assert_eq!(collected, expected, "what the collection returned");
        }
    }

    fn collect_while_unwinding(&mut self, generation: usize) {
        let expected = self.oracle.collect(generation, None);
        let generation = Generation::try_from(generation).expect("there are three");
        let collected = self.act_while_unwinding(|_| gc::collect_generation(generation));
        assert_eq!(collected, Some(expected), "what the collection returned");
    }

    // Endings.

    /// Drops everything; collections find the rest.
    fn finish(&mut self) {
        self.pauses.clear();
        self.oracle.pauses = 0;
        gc::disable();
        self.oracle.is_enabled = false;
        self.step(Op::SetFrozen(false));
        while !self.roots.is_empty() {
            self.drop_root(Some(self.roots.len() - 1));
        }
        self.weaks.clear();
        self.oracle.weaks.clear();
        self.drop_watches();
        loop {
            self.step(Op::DropStored);
            self.step(Op::Collect(2));
            self.check();
            if self.oracle.stored.is_empty() && self.oracle.objects.iter().all(|o| !o.is_alive) {
                break;
            }
        }
        assert_eq!(gc::memory().objects, 0, "everything is gone");
    }
}

/// Position `number` among `count`, taken modulo.
fn pick(number: u8, count: usize) -> Option<usize> {
    (count > 0).then(|| number as usize % count)
}

thread_local! {
    /// What a program holds when its thread ends.
    static LAST: RefCell<Option<Machine>> = const { RefCell::new(None) };
}

fn run_to_exit(program: &Program, log: &SharedLog) {
    // What panics in a thread-local destructor ends the process, by a rule of
    // the language: not here.
    let ending = if program.panics() { Ending::Collected } else { program.ending };
    if ending == Ending::ExitBeforeHeap {
        LAST.with(|last| assert!(last.borrow().is_none()));
    }
    let mut machine = Machine::new(log.clone());
    if ending == Ending::Collected {
        return machine.run(program);
    }
    machine.run_ops(program);
    LAST.with(|last| *last.borrow_mut() = Some(machine));
}
