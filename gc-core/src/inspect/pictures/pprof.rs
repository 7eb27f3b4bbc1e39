//! The heap as a profile for pprof and everything that reads its format.
//!
//! A profile is made of samples, each with a stack of functions. Ours has a function for each
//! type, and the stack of an object is made of its dominators, the outermost last. What pprof
//! calls *flat* are then the bytes of the objects of a type, and what it calls *cumulative* are
//! the bytes that they keep alive: a flame graph is the dominator tree by type. With the feature
//! `sites` a line of a type is the place where objects were made.
//!
//! Objects with the same stack are one sample. What is deeper than [`MOST_FRAMES`], not counting
//! a frame that follows one like it, is put together as "(deeper)".

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::panic::Location;
use std::collections::HashMap;
use std::io::{self, Write};

use prost::Message;

use crate::inspect::graph::heap_graph::narrow;
use crate::inspect::pictures::pprof_format::{
    Function, Line, Location as Address, Profile, Sample, ValueType,
};
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;

/// So many frames a stack has at the most.
const MOST_FRAMES: u32 = 64;

impl HeapSnapshot {
    /// Writes a profile for pprof: which types keep how many bytes alive.
    ///
    /// Open it with `pprof -http=: heap.pb`, or with any tool that reads this format. *Flat* are
    /// the bytes of the objects of a type and what they own, *cumulative* are those that they
    /// keep alive, as [`retained_size`](HeapSnapshot::retained_size). With the feature `sites`,
    /// `pprof -lines` shows where they were made. The file is not compressed.
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let list = Gc::new(vec![Gc::new(1), Gc::new(2)]);
    /// let mut file = Vec::new();
    /// HeapSnapshot::capture().to_pprof(&mut file)?;
    /// # assert!(!file.is_empty());
    /// # std::io::Result::Ok(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "pprof")))]
    pub fn to_pprof(&self, mut out: impl Write) -> io::Result<()> {
        let mut stacks = Stacks::default();
        stacks.take_in(self);
        out.write_all(&stacks.profile().encode_to_vec())?;
        out.flush()
    }
}

/// A type, and where objects of it were made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Frame {
    type_name: &'static str,
    site: Option<&'static Location<'static>>,
}

/// What stands for frames for which there is no room.
const DEEPER: Frame = Frame { type_name: "(deeper)", site: None };

/// A stack: a frame below those of another stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// [`OUTSIDE`] for none.
    parent: u32,
    frame: Frame,
}

const OUTSIDE: u32 = u32::MAX;

struct Stack {
    key: Key,
    depth: u32,
    /// The objects that have this stack, and their bytes.
    count: usize,
    bytes: usize,
}

/// All stacks of a heap.
///
/// # Invariants
///
/// The parent of a stack lies before it.
#[derive(Default)]
struct Stacks {
    stacks: Vec<Stack>,
    known: HashMap<Key, u32>,
}

impl Stacks {
    /// Counts all objects, each after the object that dominates it.
    fn take_in(&mut self, snapshot: &HeapSnapshot) {
        let dominators = snapshot.dominators();
        let mut pending: Vec<(ObjectInfo<'_>, u32)> =
            dominators.top().map(|object| (object, OUTSIDE)).collect();
        while let Some((object, parent)) = pending.pop() {
            let stack = self.below(parent, frame_of(object));
            let counts = &mut self.stacks[stack as usize];
            counts.count += 1;
            counts.bytes =
                counts.bytes.saturating_add(object.bytes()).saturating_add(object.owned());
            pending.extend(dominators.dominated_by(object).map(|inner| (inner, stack)));
        }
    }

    /// The stack of an object with this frame, whose dominator has stack `parent`.
    fn below(&mut self, parent: u32, frame: Frame) -> u32 {
        let above = self.stacks.get(parent as usize);
        let depth = above.map_or(0, |above| above.depth + 1);
        let is_last = depth > MOST_FRAMES;
        if above.is_some_and(|above| above.key.frame == frame || is_last) {
            return parent;
        }
        let key = Key { parent, frame: if depth == MOST_FRAMES { DEEPER } else { frame } };
        let stacks = &mut self.stacks;
        *self.known.entry(key).or_insert_with(|| {
            stacks.push(Stack { key, depth, count: 0, bytes: 0 });
            narrow(stacks.len() - 1)
        })
    }

    fn profile(&self) -> Profile {
        let mut names = Names::default();
        let mut number = |text: &str| names.number_of(text);
        let empty = number("");
        let value_type = |(kind, unit)| ValueType { r#type: kind, unit };
        let kinds = [(number("objects"), number("count")), (number("space"), number("bytes"))];
        let mut profile = Profile {
            sample_type: kinds.map(value_type).into(),
            default_sample_type: kinds[1].0,
            ..Profile::default()
        };
        let mut locations: HashMap<Frame, u64> = HashMap::new();
        for stack in self.stacks.iter().filter(|stack| stack.count > 0) {
            let frames = core::iter::successors(Some(stack), |stack| {
                self.stacks.get(stack.key.parent as usize)
            });
            let mut location_of = |frame: Frame| {
                *locations.entry(frame).or_insert_with(|| {
                    let id = profile.location.len() as u64 + 1;
                    let name = names.number_of(frame.type_name);
                    let filename = frame.site.map_or(empty, |site| names.number_of(site.file()));
                    let line = frame.site.map_or(0, |site| i64::from(site.line()));
                    profile.function.push(Function { id, name, filename });
                    let line = alloc::vec![Line { function_id: id, line }];
                    profile.location.push(Address { id, line });
                    id
                })
            };
            let location_id = frames.map(|stack| location_of(stack.key.frame)).collect();
            let value = [stack.count, stack.bytes].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
            profile.sample.push(Sample { location_id, value: value.into() });
        }
        profile.string_table = names.texts;
        profile
    }
}

fn frame_of(object: ObjectInfo<'_>) -> Frame {
    Frame { type_name: object.type_name(), site: object.noted_site() }
}

/// The texts of a profile.
#[derive(Default)]
struct Names {
    texts: Vec<String>,
    numbers: HashMap<String, i64>,
}

impl Names {
    fn number_of(&mut self, text: &str) -> i64 {
        let text = Harmless(text).to_string();
        if let Some(&number) = self.numbers.get(&text) {
            return number;
        }
        let number = i64::try_from(self.texts.len()).unwrap_or_default();
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }
}
