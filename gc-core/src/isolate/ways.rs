//! By which fields objects are reached from the root, for people who look for what keeps a heap here.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::collect::activity::Activity;
use crate::memory::page_index::{NO_SLOT, PageIndex};
use crate::object::edges::LabelledEdges;
use crate::object::header::ObjPtr;
use crate::object::label::{Label, Labels};

/// So many steps of a way are shown at each of its ends.
const SHOWN: usize = 8;

/// The shortest ways from `root` to `objects`, which are in the heap: `None` where there is none.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn ways_to(
    objects: &[Option<ObjPtr>],
    root: ObjPtr,
    index: &PageIndex,
) -> Vec<Option<String>> {
    let slot = |object| Some(index.slot(object)).filter(|&slot| slot != NO_SLOT);
    let mut steps = Vec::new();
    let (Some(start), Ok(())) = (slot(root), steps.try_reserve_exact(index.len())) else {
        return vec![None; objects.len()];
    };
    steps.resize(index.len(), None);
    let mut search = Search { index, steps, start };
    let labels = search.run(root);
    let ends = objects.iter().map(|object| object.and_then(slot));
    ends.map(|end| search.way(end?, &labels)).collect()
}

/// A search in the order of distance.
struct Search<'a> {
    index: &'a PageIndex,
    /// The object that led to the one in each slot first, and the name of the edge.
    steps: Vec<Option<(u32, Label)>>,
    start: u32,
}

impl Search<'_> {
    /// Finds the steps to all that can be reached from `root`. Returns what the labels mean.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn run(&mut self, root: ObjPtr) -> Labels {
        let mut reported = LabelledEdges::default();
        let mut pending = VecDeque::from([(root, self.start)]);
        while let Some((object, from)) = pending.pop_front() {
            reported.edges.clear();
            reported.names.labels.clear();
            Activity::current().look_at(object);
            object.trace_labelled(&mut reported);
            for (&target, &label) in reported.edges.targets().iter().zip(&reported.names.labels) {
                let slot = self.index.slot(target);
                if slot == NO_SLOT || slot == self.start || target.is_dead() {
                    continue;
                }
                let step = &mut self.steps[slot as usize];
                // Without memory, some are not found.
                if step.is_none() && pending.try_reserve(1).is_ok() {
                    *step = Some((from, label));
                    pending.push_back((target, slot));
                }
            }
        }
        reported.names.builder.finish()
    }

    /// The way to the object in slot `end`.
    fn way(&self, end: u32, labels: &Labels) -> Option<String> {
        let mut taken = Vec::new();
        let mut at = end;
        while at != self.start {
            let (from, label) = self.steps[at as usize]?;
            taken.push(label);
            at = from;
        }
        taken.reverse();
        Some(shown(&taken, labels))
    }
}

/// As Rust would write it: `root.others[0].next`. The middle of a long way is left out.
fn shown(taken: &[Label], labels: &Labels) -> String {
    let left_out = taken.len().saturating_sub(2 * SHOWN);
    let mut steps = Vec::new();
    for (number, &label) in taken.iter().enumerate() {
        if left_out == 0 || !(SHOWN..SHOWN + left_out).contains(&number) {
            steps.push(step(label, labels));
        } else if number == SHOWN {
            steps.push(format!(" ... {left_out} more ... "));
        }
    }
    format!("root{}", steps.concat())
}

/// One step, with its dot.
fn step(label: Label, labels: &Labels) -> String {
    let name = labels.show(label).to_string();
    match name.chars().next() {
        None => String::from(".?"),
        Some('[') => name,
        Some(_) => format!(".{name}"),
    }
}
