//! Nearest dominators, found during a breadth-first search.
//!
//! The object from which another was found is the first guess at its nearest dominator.
//! Each further edge to it may correct the guess: a dominator of the object is, or
//! dominates, the object where the edge starts. So the ways up from both are followed
//! until they meet. This is repeated until no edge corrects anything (Cooper, Harvey,
//! Kennedy: A Simple, Fast Dominance Algorithm, on a search by breadth instead of one by
//! depth).
//!
//! Where few objects dominate others, as in most graphs, ways up are short, most guesses
//! are right or soon reach the top, and none of the looks at memory waits for another
//! one. Where they are long the time may be quadratic, so the search gives up after a
//! number of steps.

use alloc::vec::Vec;

use crate::inspect::graph::heap_graph::{Graph, Rows, narrow};
use crate::inspect::graph::numbering::{NOBODY, Numbering, garbage_entries};
use crate::inspect::graph::room::{filled, with_room};

/// The number of an object that was not found yet.
const NEW: u32 = 0;

/// The number of an object whose nearest dominator is the imagined object: no
/// edge to it changes anything.
const SETTLED: u32 = u32::MAX;

/// More steps would have been needed.
struct TooLong;

/// The nearest dominators of the objects of `graph`, unless that takes more than
/// so many steps.
pub(crate) fn find(graph: &Graph, steps: usize) -> Option<Numbering> {
    let count = graph.records.len();
    let mut search = Search {
        edges: &graph.edges,
        numbers: filled(NEW, count),
        order: with_room(count + 1),
        dominators: with_room(count + 1),
        steps_left: steps,
        is_corrected: false,
    };
    search.add(NOBODY, 0);
    search.enter(graph.roots());
    search.discover(1).ok()?;
    let mut garbage = Vec::new();
    let found = search.order.len();
    if found <= count {
        garbage = garbage_entries(&graph.edges, |object| search.numbers[object as usize] == NEW);
        search.enter(garbage.iter().copied());
        search.discover(found).ok()?;
    }
    while search.is_corrected {
        search.repeat().ok()?;
    }
    let Search { order, dominators, .. } = search;
    Some(Numbering { order, dominators, garbage_entries: garbage })
}

/// A search under way.
struct Search<'a> {
    edges: &'a Rows,
    /// By object: its number, [`NEW`] or [`SETTLED`].
    numbers: Vec<u32>,
    /// Objects by number.
    order: Vec<u32>,
    /// What is taken for the nearest dominator, by number: it, or something below
    /// it.
    dominators: Vec<u32>,
    steps_left: usize,
    /// Whether an edge corrected something since all edges were looked at.
    is_corrected: bool,
}

impl Search<'_> {
    /// Gives `object` the next number.
    #[inline]
    fn add(&mut self, object: u32, dominator: u32) -> u32 {
        let number = narrow(self.order.len());
        self.order.push(object);
        self.dominators.push(dominator);
        number
    }

    /// Adds objects that the imagined object refers to.
    fn enter(&mut self, entries: impl Iterator<Item = u32>) {
        for entry in entries {
            self.numbers[entry as usize] = SETTLED;
            self.add(entry, 0);
        }
    }

    /// Looks at the edges of all objects from number `first` on, and of those that
    /// it finds.
    fn discover(&mut self, first: usize) -> Result<(), TooLong> {
        let mut owner = first;
        while owner < self.order.len() {
            for &target in self.edges.row(self.order[owner]) {
                match self.numbers[target as usize] {
                    NEW => self.numbers[target as usize] = self.add(target, narrow(owner)),
                    SETTLED => {}
                    number => self.correct(target, number, narrow(owner))?,
                }
            }
            owner += 1;
        }
        Ok(())
    }

    /// Looks at all edges once more.
    fn repeat(&mut self) -> Result<(), TooLong> {
        self.is_corrected = false;
        self.spend(self.edges.entries.len())?;
        for owner in 1..self.order.len() {
            for &target in self.edges.row(self.order[owner]) {
                match self.numbers[target as usize] {
                    SETTLED => {}
                    number => self.correct(target, number, narrow(owner))?,
                }
            }
        }
        Ok(())
    }

    /// Takes into account that `owner` refers to `target`, which has this number.
    #[inline]
    fn correct(&mut self, target: u32, number: u32, owner: u32) -> Result<(), TooLong> {
        let guess = self.dominators[number as usize];
        if owner == guess || self.dominators[owner as usize] == guess {
            return Ok(());
        }
        let dominator = self.meet(guess, owner)?;
        if dominator != guess {
            self.is_corrected = true;
            self.dominators[number as usize] = dominator;
            if dominator == 0 {
                self.numbers[target as usize] = SETTLED;
            }
        }
        Ok(())
    }

    /// Where the ways up from two objects meet.
    fn meet(&mut self, mut one: u32, mut other: u32) -> Result<u32, TooLong> {
        let mut steps = 0;
        while one != other {
            let lower = if one > other { &mut one } else { &mut other };
            *lower = self.dominators[*lower as usize];
            steps += 1;
        }
        self.spend(steps)?;
        Ok(one)
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooLong> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(TooLong)?;
        Ok(())
    }
}
