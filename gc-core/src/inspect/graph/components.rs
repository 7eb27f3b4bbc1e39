//! Strongly connected components, without recursion.
//!
//! Objects are in one component if each reaches the other. The algorithm is
//! Pearce's form of Tarjan's: one number for each object, which is its position
//! on the search path until its component is complete, and the number of the
//! component from then on. A list of a million objects is a search path of a
//! million steps, so the path is an array and not the stack.

use alloc::vec::Vec;

use crate::inspect::graph::heap_graph::{Rows, narrow};

/// Which component each object is in.
#[derive(Debug)]
pub(crate) struct Components {
    /// Equal for the objects of one component; [`LEFT_OUT`] for others.
    number: Vec<u32>,
}

/// Not looked at.
const LEFT_OUT: u32 = u32::MAX;
/// Not looked at yet.
const NEW: u32 = 0;

/// An object on the search path.
struct Step {
    object: u32,
    /// The position of the edge to follow next.
    next: usize,
    /// Nothing before it on the path was reached from it so far.
    is_first: bool,
}

impl Components {
    /// The components of the objects for which `is_in` holds, as if the others
    /// were not there.
    pub(crate) fn find(edges: &Rows, is_in: impl Fn(u32) -> bool) -> Components {
        let objects = 0..narrow(edges.len());
        let initial = |object| if is_in(object) { NEW } else { LEFT_OUT };
        let mut search = Search {
            edges,
            number: objects.clone().map(initial).collect(),
            path: Vec::new(),
            waiting: Vec::new(),
            next_position: 1,
            next_component: LEFT_OUT - 1,
        };
        for object in objects {
            if search.number[object as usize] == NEW {
                search.run(object);
            }
        }
        Components { number: search.number }
    }

    /// The number of the component that `object` is in.
    pub(crate) fn of(&self, object: u32) -> Option<u32> {
        let number = self.number[object as usize];
        (number != LEFT_OUT).then_some(number)
    }

    /// The members of each component that has more than one.
    pub(crate) fn larger_than_one(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<(u32, u32)> = (0..narrow(self.number.len()))
            .filter_map(|object| Some((self.of(object)?, object)))
            .collect();
        members.sort_unstable();
        members
            .chunk_by(|one, other| one.0 == other.0)
            .filter(|members| members.len() > 1)
            .map(|members| members.iter().map(|&(_, object)| object).collect())
            .collect()
    }
}

struct Search<'a> {
    edges: &'a Rows,
    number: Vec<u32>,
    path: Vec<Step>,
    /// Objects that were left, whose component is not complete.
    waiting: Vec<u32>,
    next_position: u32,
    /// Components are numbered from the top, so that their numbers are greater
    /// than all positions.
    next_component: u32,
}

impl Search<'_> {
    /// Finds all components that `start` reaches.
    fn run(&mut self, start: u32) {
        self.enter(start);
        while let Some(step) = self.path.last_mut() {
            let object = step.object;
            let end = self.edges.range(object).end;
            let mut entered = None;
            while step.next < end {
                let target = self.edges.entries[step.next];
                let position = self.number[target as usize];
                if position == NEW {
                    // It is compared again when the search comes back.
                    entered = Some(target);
                    break;
                }
                step.next += 1;
                if position < self.number[object as usize] {
                    self.number[object as usize] = position;
                    step.is_first = false;
                }
            }
            match entered {
                Some(target) => self.enter(target),
                None => self.leave(),
            }
        }
    }

    fn enter(&mut self, object: u32) {
        self.number[object as usize] = self.next_position;
        self.next_position += 1;
        let next = self.edges.range(object).start;
        self.path.push(Step { object, next, is_first: true });
    }

    /// Every edge of the last object of the path was followed.
    fn leave(&mut self) {
        let Some(Step { object, is_first, .. }) = self.path.pop() else { return };
        if !is_first {
            self.waiting.push(object);
            return;
        }
        let position = self.number[object as usize];
        self.next_position -= 1;
        while let Some(&member) = self.waiting.last()
            && self.number[member as usize] >= position
        {
            self.waiting.pop();
            self.number[member as usize] = self.next_component;
            self.next_position -= 1;
        }
        self.number[object as usize] = self.next_component;
        self.next_component -= 1;
    }
}
