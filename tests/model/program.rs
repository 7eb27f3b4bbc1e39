//! Programs: what a model test makes the library and the oracle do.
//!
//! A program is a list of [`Op`]s, and is read from bytes, four for each
//! operation: the first chooses the operation, the others its operands. Any
//! bytes are a program, so that proptest, a fuzzer and the corpus share one
//! format, and removing bytes makes a smaller program. Operands that choose
//! something that is there are taken modulo how many there are.

/// What the value of an object is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Edges and nothing else.
    Small,
    /// A few hundred bytes: few to a page.
    Medium,
    /// Larger than any size class: a page run of its own.
    Large,
    /// Aligned to 64 bytes.
    Aligned,
    /// Large, and aligned to 4 KiB.
    Overaligned,
    /// Tracked, without a size, without edges.
    Empty,
    /// Untracked, without edges.
    Leaf,
    /// Untracked, with edges to leaves only.
    Acyclic,
    /// The entry of a weak map, with an edge to the value.
    Entry,
}

impl Kind {
    /// Whether the collector examines objects of this kind.
    pub(crate) fn is_tracked(self) -> bool {
        !matches!(self, Kind::Leaf | Kind::Acyclic)
    }

    /// Whether an object of this kind may own a handle to one of `target`.
    pub(crate) fn may_own(self, target: Kind) -> bool {
        match self {
            Kind::Empty | Kind::Leaf | Kind::Entry => false,
            Kind::Acyclic => target == Kind::Leaf,
            _ => true,
        }
    }
}

/// What keeps the edges of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// `RefCell<Vec<_>>`.
    Vector,
    /// `RefCell<BTreeMap<_, _>>`.
    Map,
    /// `Mutex<VecDeque<_>>`.
    Locked,
    /// `Cell<Vec<_>>`.
    Cell,
}

/// What the finalizer of an object does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// There is none.
    Plain,
    /// Notes that it ran.
    Note,
    /// Stores a handle to its object where the program finds it.
    ResurrectSelf,
    /// Stores a handle to what the object's first edge leads to.
    ResurrectNeighbour,
    /// Drops the edges of the object.
    BreakCycle,
    /// Stores a new object where the program finds it.
    Allocate,
    /// Panics.
    Panic,
    /// There is none, but dropping the value panics.
    PanicInDrop,
}

impl Behaviour {
    /// Whether there is a finalizer.
    pub(crate) fn has_finalizer(self) -> bool {
        !matches!(self, Behaviour::Plain | Behaviour::PanicInDrop)
    }
}

/// One operation. The numbers choose among what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Makes an object and holds a handle to it.
    New(Kind, Container, Behaviour),
    /// Gives one object a handle to another.
    Link { from: u8, to: u8 },
    /// Drops an edge.
    Unlink { from: u8, edge: u8 },
    /// Drops all edges of an object.
    Clear { from: u8 },
    /// Clones a handle.
    Clone(u8),
    /// Drops a handle.
    Drop(u8),
    /// Drops so many handles, the last ones first.
    DropMany(u8),
    /// Moves a handle into an object.
    MoveIn { from: u8, into: u8 },
    /// Moves a handle out of an object.
    MoveOut { from: u8, edge: u8 },
    /// Makes a weak handle.
    Downgrade(u8),
    /// Clones a weak handle.
    CloneWeak(u8),
    /// Drops a weak handle.
    DropWeak(u8),
    /// Upgrades a weak handle and keeps the handle, if there is one.
    Upgrade(u8),
    /// Moves a weak handle into an object.
    StoreWeak { weak: u8, into: u8 },
    /// Upgrades a weak handle that an object owns.
    UpgradeStored { from: u8, weak: u8 },
    /// Collects a generation.
    Collect(u8),
    /// Collects a generation while the edges of an object are borrowed.
    CollectBorrowed { object: u8, generation: u8 },
    /// Makes an object, which may start a collection, while the edges of
    /// another are borrowed.
    NewBorrowed { object: u8, kind: Kind },
    /// A chain of so many objects, held at its head.
    Chain { length: u8, kind: Kind, behaviour: Behaviour },
    /// A ring of so many objects, held at one of them.
    Ring { length: u8, kind: Kind, behaviour: Behaviour },
    /// So many objects that die at once.
    Churn { count: u8, kind: Kind },
    /// Sets the thresholds.
    SetThreshold { young: u8, middle: u8, old: u8 },
    /// Switches automatic collection on or off.
    SetEnabled(bool),
    /// Starts or ends a pause of automatic collection.
    SetPaused(bool),
    /// Gives memory back.
    Trim,
    /// Makes all tracked objects permanent, or no more.
    SetFrozen(bool),
    /// Compares the generation of every object. Looking makes handles, and so
    /// candidates: not something to do after every step.
    LookAround,
    /// Takes a handle that a finalizer stored.
    TakeStored(u8),
    /// Drops all handles that finalizers stored.
    DropStored,
    /// Makes a weak handle with a callback.
    Watch(u8),
    /// Drops a weak handle with a callback.
    DropWatch(u8),
    /// Moves a weak handle with a callback into an object.
    StoreWatch { watch: u8, into: u8 },
    /// Attaches an object to another, in the weak map of a third: the one that
    /// follows the second.
    Attach { map: u8, key: u8 },
    /// Takes what is attached to an object out of a weak map.
    Detach { map: u8, key: u8 },
    /// Takes a handle to what is attached to an object.
    LookUp { map: u8, key: u8 },
    /// Collects a generation while `get_mut` lends an object.
    CollectLent { object: u8, generation: u8 },
    /// Makes an object while `get_mut` lends another.
    NewLent { object: u8 },
    /// Makes an object that knows itself, with a collection in between.
    NewCyclic { container: Container, generation: u8 },
    /// Makes a closure, which owns edges as others do.
    NewClosure(Container),
    /// Calls `make_mut` on a handle; a `clone` that it calls panics or not.
    MakeMut { object: u8, panics: bool },
    /// Clones a weak handle with a callback.
    CloneWatch(u8),
}

/// How a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All handles are dropped, and collections find the rest.
    Collected,
    /// The thread ends; its handles are in a thread-local that is older than
    /// the heap's.
    ExitBeforeHeap,
    /// The thread ends; its handles are in a thread-local that is younger than
    /// the heap's.
    ExitAfterHeap,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// The operations.
    pub(crate) ops: Vec<Op>,
    /// What comes after the last one.
    pub(crate) ending: Ending,
}

/// The bytes of one operation.
pub(crate) type Code = [u8; 4];

impl Program {
    /// The program that `bytes` stand for.
    pub(crate) fn decode(bytes: &[u8]) -> Program {
        let (codes, rest) = bytes.as_chunks::<4>();
        Program::of_codes(codes, rest.first().copied().unwrap_or(0))
    }

    /// The program that `codes` stand for, with an ending.
    pub(crate) fn of_codes(codes: &[Code], ending: u8) -> Program {
        let ending = match ending % 8 {
            1 => Ending::ExitBeforeHeap,
            2 => Ending::ExitAfterHeap,
            _ => Ending::Collected,
        };
        let mut has_panicked = false;
        let mut is_drop = false;
        let ops = codes.iter().map(|&code| decode(code)).map(|op| match op {
            // A second panic while one unwinds aborts, as in any Rust program,
            // if it comes from a `Drop`: one such value to a program, and then
            // no finalizer that panics.
            Op::New(kind, container, Behaviour::PanicInDrop) => {
                let is_first = !has_panicked;
                (has_panicked, is_drop) = (true, is_drop || is_first);
                let panics = if is_first { Behaviour::PanicInDrop } else { Behaviour::Plain };
                Op::New(kind, container, panics)
            }
            Op::New(kind, container, Behaviour::Panic) => {
                has_panicked = true;
                let panics = if is_drop { Behaviour::Note } else { Behaviour::Panic };
                Op::New(kind, container, panics)
            }
            // No panic can be caught where it aborts.
            Op::MakeMut { object, .. } if cfg!(panic = "abort") => {
                Op::MakeMut { object, panics: false }
            }
            op => op,
        });
        Program { ops: ops.collect(), ending }
    }

    /// Whether anything in it panics.
    pub(crate) fn panics(&self) -> bool {
        self.ops
            .iter()
            .any(|op| matches!(op, Op::New(_, _, Behaviour::Panic | Behaviour::PanicInDrop)))
    }
}

/// The operations that came last: where others leave the last byte unused, and
/// it is high.
fn decode_last([choice, a, b, c]: Code) -> Option<Op> {
    let is_free = matches!(choice, 72..=85 | 97..=126 | 130..=151);
    Some(match c {
        _ if !is_free => return None,
        224..=239 => Op::MakeMut { object: a, panics: b >= 208 },
        240..=255 => Op::CloneWatch(a),
        _ => return None,
    })
}

/// The operations that came later: where others leave the last byte unused.
fn decode_late([choice, a, b, c]: Code) -> Option<Op> {
    let is_free = matches!(choice, 32..=71 | 89..=96 | 152..=159);
    Some(match c {
        _ if !is_free => return None,
        160..=179 => Op::Attach { map: a, key: b },
        180..=184 => Op::Detach { map: a, key: b },
        185..=192 => Op::LookUp { map: a, key: b },
        193..=208 => Op::Watch(a),
        209..=211 => Op::DropWatch(a),
        212..=221 => Op::StoreWatch { watch: a, into: b },
        222..=231 => Op::CollectLent { object: a, generation: b },
        232..=237 => Op::NewLent { object: a },
        238..=245 => Op::NewCyclic { container: container(a), generation: b },
        246..=255 => Op::NewClosure(container(a)),
        _ => return None,
    })
}

fn decode([choice, a, b, c]: Code) -> Op {
    if let Some(op) = decode_late([choice, a, b, c]).or(decode_last([choice, a, b, c])) {
        return op;
    }
    // The numbers are weights.
    match choice {
        0..=31 => Op::New(kind(a), container(b), behaviour(c)),
        32..=71 => Op::Link { from: a, to: b },
        72..=85 => Op::Unlink { from: a, edge: b },
        86..=88 => Op::Clear { from: a },
        89..=96 => Op::Clone(a),
        97..=126 => Op::Drop(a),
        127..=129 => Op::DropMany(a),
        130..=141 => Op::MoveIn { from: a, into: b },
        142..=151 => Op::MoveOut { from: a, edge: b },
        152..=159 => Op::Downgrade(a),
        160..=161 => Op::CloneWeak(a),
        162..=163 => Op::DropWeak(a),
        164..=169 => Op::Upgrade(a),
        170..=173 => Op::StoreWeak { weak: a, into: b },
        174..=175 => Op::UpgradeStored { from: a, weak: b },
        176..=203 => Op::Collect(a),
        204..=209 => Op::CollectBorrowed { object: a, generation: b },
        210..=212 => Op::NewBorrowed { object: a, kind: kind(b) },
        213..=217 => Op::Chain { length: length(a), kind: kind(b), behaviour: quiet(behaviour(c)) },
        218..=223 => Op::Ring { length: length(a), kind: kind(b), behaviour: quiet(behaviour(c)) },
        // Not so often under Miri.
        224..=226 => Op::Churn { count: if cfg!(miri) { a % 8 } else { a }, kind: kind(b) },
        227..=235 => Op::SetThreshold { young: a % 24, middle: b % 4, old: c % 4 },
        236..=240 => Op::SetEnabled(a & 1 == 0),
        241..=243 => Op::SetPaused(a & 1 == 0),
        244 => Op::Trim,
        245..=246 => Op::SetFrozen(a & 1 == 0),
        247 => Op::LookAround,
        248..=253 => Op::TakeStored(a),
        254..=255 => Op::DropStored,
    }
}

fn length(byte: u8) -> u8 {
    // Now and then deeper than drops may nest.
    if byte < 230 { byte % 12 } else { byte - 200 }
}

fn kind(byte: u8) -> Kind {
    match byte {
        0..=149 => Kind::Small,
        150..=179 => Kind::Medium,
        180..=184 => Kind::Large,
        185..=204 => Kind::Aligned,
        205..=206 => Kind::Overaligned,
        207..=214 => Kind::Empty,
        215..=234 => Kind::Leaf,
        235..=255 => Kind::Acyclic,
    }
}

fn container(byte: u8) -> Container {
    match byte % 4 {
        0 => Container::Vector,
        1 => Container::Map,
        2 => Container::Locked,
        _ => Container::Cell,
    }
}

fn behaviour(byte: u8) -> Behaviour {
    match byte {
        // No panic can be caught where it aborts.
        247..=255 if cfg!(panic = "abort") => Behaviour::Note,
        0..=119 => Behaviour::Plain,
        120..=159 => Behaviour::Note,
        160..=179 => Behaviour::ResurrectSelf,
        180..=204 => Behaviour::ResurrectNeighbour,
        205..=234 => Behaviour::BreakCycle,
        235..=246 => Behaviour::Allocate,
        247..=251 => Behaviour::Panic,
        252..=255 => Behaviour::PanicInDrop,
    }
}

/// A behaviour for many objects at once: none that panics.
fn quiet(behaviour: Behaviour) -> Behaviour {
    match behaviour {
        Behaviour::Panic | Behaviour::PanicInDrop => Behaviour::Note,
        other => other,
    }
}
