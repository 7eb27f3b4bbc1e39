//! [`survey`]: what given handles and the candidates reach, for heap tools.
//!
//! There is no list of all shared objects: keeping one would cost each object that is made, in programs
//! that never ask. So a survey sees what a collection would look at, and what the handles reach that the
//! program passes. It takes the place of a collection, and uses what a collection uses: pins keep the
//! objects, guards keep the handles behind locks, and marks show which handles were made meanwhile.

use alloc::vec::Vec;
use core::ptr::NonNull;

use crate::object::edges::LabelledEdges;
use crate::object::label::Label;
use crate::object::shared_edges::Keeping;
use crate::object::unwind::FirstPanic;
use crate::sync::collector;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::ObjectPtr;
use crate::sync::held::Held;
use crate::sync::lists;
use crate::sync::locks::Reading;
use crate::sync::names;
use crate::sync::protocol::generation::Generation;
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::look::Look;
use crate::sync::protocol::word::Observed;
use crate::sync::sightings::{Found, Sink, report, trace};
use crate::sync::survey::{Seen, Sight, Survey};

/// How often the handles are counted, if some are made or dropped meanwhile each time.
const TRIES: u32 = 10;

/// A handle to a shared object of any type: a [`sync::Gc`](Gc).
pub trait Root: sealed::Root {}

impl<T: ?Sized> Root for Gc<T> {}

mod sealed {
    use core::ptr::NonNull;

    use crate::sync::gc_ptr::Gc;

    /// Implemented here alone, so that the address is always that of an object.
    #[expect(unnameable_types, reason = "that nobody can name it is its purpose")]
    pub trait Root {
        /// The address of the object.
        fn address(&self) -> NonNull<()>;
    }

    impl<T: ?Sized> Root for Gc<T> {
        fn address(&self) -> NonNull<()> {
            self.object().address()
        }
    }
}

/// Whether the guards of locks are kept until all was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guards {
    Kept,
    Dropped,
}

/// Whether objects that have a text are held when all was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    Wanted,
    Unwanted,
}

/// Looks at what the candidates and `roots` reach; `None` if a `trace` of a collection or a survey asks
/// for that. It waits for a collection that another thread runs, and for no lock of the program.
///
/// Values whose last handle is dropped meanwhile are dropped as an automatic collection does it.
///
/// Runs user code: `trace` implementations, and no drops of values that run code of the program.
pub(crate) fn survey(roots: &[&dyn Root], guards: Guards, texts: Texts) -> Option<Survey> {
    let mut in_vain = Vec::new();
    let survey = collector::look(|dead| {
        let mut reading = Reading::begin();
        // All of them are weighed anew when it ends.
        lists::reset(Generation::All);
        let mut look = Look::gather(lists::candidates(Generation::All), dead);
        let mut surveyor = Surveyor::new(guards, texts);
        for root in roots {
            // SAFETY: it is the address of the object of a handle, which is borrowed until the end.
            let object = unsafe { ObjectPtr::at(root.address()) };
            surveyor.found.add_root(object, &mut look);
        }
        look.trace(|object, graph| {
            if guards == Guards::Dropped {
                reading.pause();
            }
            surveyor.visit(object, graph)
        });
        let (observed, changed) = surveyor.count(&look);
        let held = surveyor.hold(&look);
        let names = names::all();
        // Before the objects are unpinned that they lie in.
        surveyor.reported.edges.shared().drop_guards();
        drop(reading);
        let survey = Survey { names, held, ..surveyor.describe(&look, &observed, changed) };
        look.end(dead);
        lists::note_if_due();
        in_vain = core::mem::take(&mut surveyor.found.retracted);
        (survey, surveyor.panics())
    });
    // What is let go of may die, when no lock of collections is held.
    drop(in_vain);
    survey
}

/// A survey under way.
struct Surveyor {
    guards: Guards,
    texts: Texts,
    reported: LabelledEdges,
    found: Found,
    /// What was seen of each member beside its header, in order.
    sights: Vec<(Sight, usize)>,
    /// The members, observed before they were looked at, if no guards are kept.
    observed: Vec<Observed>,
    ends: Vec<usize>,
    panics: Vec<FirstPanic>,
}

impl Surveyor {
    fn new(guards: Guards, texts: Texts) -> Surveyor {
        let mut reported = LabelledEdges::default();
        if guards == Guards::Kept {
            reported.edges.shared().set_keeping(Keeping::All);
        }
        // Without a guard that is kept, the handle that was found may be the last, and soon be gone.
        let holds_at_once = texts == Texts::Wanted && guards == Guards::Dropped;
        Surveyor {
            guards,
            texts,
            reported,
            found: Found::new(holds_at_once),
            sights: Vec::new(),
            observed: Vec::new(),
            ends: Vec::new(),
            panics: Vec::new(),
        }
    }

    /// Looks at the next member; whether its edges count.
    fn visit(&mut self, object: ObjectPtr, graph: &mut Graph<ObjectPtr>) -> bool {
        if self.guards == Guards::Dropped {
            self.observed.push(object.word().observe());
        }
        let (sight, owned) = if object.word().may_be_read() {
            // SAFETY: members are pinned until the guards were dropped, and nobody has the value alone
            // before the next pause.
            unsafe { self.read(object, graph) }
        } else {
            (Sight::Exclusive, 0)
        };
        self.sights.push((sight, owned));
        self.ends.push(self.found.edges());
        sight != Sight::Failed
    }

    /// Traces a member; how much was seen, and the bytes that its value owns.
    ///
    /// # Safety
    ///
    /// The object is pinned until the guards were dropped, and its value may be read.
    unsafe fn read(&mut self, object: ObjectPtr, graph: &mut Graph<ObjectPtr>) -> (Sight, usize) {
        let before = self.found.here();
        let mut sink = Sink { graph, found: &mut self.found };
        let sink = NonNull::from(&mut sink).cast();
        // SAFETY: what the sink borrows is not used otherwise before `stop`.
        unsafe { self.reported.edges.shared().start(sink, report) };
        // SAFETY: as promised by the caller.
        let (panic, owned) = unsafe { trace(object, &mut self.reported) };
        self.reported.edges.shared().stop();
        let has_passed_over = self.reported.edges.shared().take_passed_over();
        let is_complete = self.reported.edges.is_complete() && !panic.is_some();
        if !is_complete {
            // What lies behind a lock that is not kept may move on.
            self.found.retract(before);
        }
        if panic.is_some() {
            self.panics.push(panic);
        }
        self.reported.names.labels.resize(self.found.edges(), Label::default());
        self.reported.edges.clear();
        if self.guards == Guards::Dropped {
            self.reported.edges.shared().drop_guards();
        }
        match (is_complete, has_passed_over) {
            (false, _) => (Sight::Failed, 0),
            (true, true) => (Sight::Locked, owned),
            (true, false) => (Sight::Whole, owned),
        }
    }

    /// Counts the handles of all; which have changed meanwhile.
    fn count(&mut self, look: &Look<ObjectPtr>) -> (Vec<Observed>, Vec<usize>) {
        if self.guards == Guards::Dropped {
            let observed = core::mem::take(&mut self.observed);
            let changed = look.changed(&[], &observed);
            return (observed, changed);
        }
        // Their handles lie in members, behind guards that are kept, or are those of the caller.
        let leaves: Vec<ObjectPtr> = self.found.leaves().collect();
        let mut tries = 1;
        loop {
            let observed = look.observe(&leaves);
            let changed = look.changed(&leaves, &observed);
            if changed.is_empty() || tries == TRIES {
                return (observed, changed);
            }
            tries += 1;
        }
    }

    /// Holds the objects whose texts are wanted. They have been counted, and are pinned, or the guards
    /// are kept that lie on the way to their handles.
    fn hold(&mut self, look: &Look<ObjectPtr>) -> Vec<(usize, Held)> {
        if self.texts == Texts::Unwanted {
            return Vec::new();
        }
        let members = look.objects().len();
        let with_text = |(position, object)| Some((position, Held::described(object)?));
        let objects = look.objects().iter().copied().enumerate();
        let mut held: Vec<_> = objects.filter_map(with_text).collect();
        if self.guards == Guards::Kept {
            held.extend((members..).zip(self.found.leaves()).filter_map(with_text));
        } else {
            held.extend(self.found.take_held(members));
        }
        held
    }

    /// All that was seen, as plain data.
    fn describe(
        &mut self,
        look: &Look<ObjectPtr>,
        observed: &[Observed],
        changed: Vec<usize>,
    ) -> Survey {
        let members = look.objects().len();
        let handles = observed.iter().map(|observed| observed.count());
        let mut objects = Vec::with_capacity(members);
        for ((&object, &(sight, owned)), handles) in
            look.objects().iter().zip(&self.sights).zip(handles.clone())
        {
            objects.push(Seen { owned, handles, sight, ..Seen::of(object) });
        }
        objects.extend(self.found.take_leaves());
        // Those of leaves are as they were found, unless they were counted again.
        for (leaf, handles) in objects[members..].iter_mut().zip(handles.skip(members)) {
            leaf.handles = handles;
        }
        let names = core::mem::take(&mut self.reported.names);
        Survey {
            objects,
            candidates: look.candidates(),
            targets: self.found.targets(members),
            ends: core::mem::take(&mut self.ends),
            edge_labels: names.labels,
            labels: names.builder.finish(),
            is_consistent: self.guards == Guards::Kept && changed.is_empty(),
            changed,
            names: Vec::new(),
            held: Vec::new(),
        }
    }

    /// The panics of `trace` implementations. Their payloads are code of the program, and wait until no
    /// lock is held.
    fn panics(self) -> Vec<FirstPanic> {
        let mut panics = self.panics;
        panics.extend(self.found.panics);
        panics
    }
}
