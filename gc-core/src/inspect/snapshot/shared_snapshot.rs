//! [`SharedSnapshot`]: a snapshot of objects that threads share.

use core::fmt;
use core::ops::Deref;

use crate::collect::activity::Activity;
use crate::inspect::graph::capture_shared::{Notes, graph_of};
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{ObjectId, ObjectInfo};
use crate::sync;
use crate::sync::survey::{Sight, Survey};
use crate::sync::surveyor::{Guards, Root, Texts, survey};

/// Objects that threads share, as they were when it was taken: those that given handles and the
/// candidates reach.
///
/// It dereferences to a [`HeapSnapshot`], so that you can ask all that you ask of the heap of one
/// thread: the census, growth, paths, retained sizes, cycles, the page, the file for the DevTools.
///
/// # What it shows
///
/// There is no list of all shared objects: it would cost each object that is made. A snapshot
/// therefore begins at the *candidates*, objects that a handle was dropped to while others were left since the
/// last collection, and at the handles that you pass. It shows all that these reach. Pass the objects that everything hangs on: the
/// directory, the cache, the root of the document. What nothing of that reaches is not shown; garbage
/// is, because it became a candidate when its last handle from outside was dropped.
///
/// Handles that no object of the snapshot holds are [from
/// outside](ObjectInfo::external_count): those that you pass, those in variables of any thread, in
/// objects of one thread, and in shared objects that are not shown.
///
/// # One moment
///
/// [`capture`](SharedSnapshot::capture) keeps each lock that it looks behind until it has seen all, as a
/// collection does with what it takes for garbage, and then counts the handles twice. If none was made or
/// dropped between the two, all counts and edges are those of one moment, and the snapshot
/// [is consistent](SharedSnapshot::is_consistent). Otherwise it counts again, up to ten times, and then says of which objects the
/// count [changed](SharedSnapshot::changed).
///
/// Threads that want one of these locks wait meanwhile: 0.4 microseconds for each object of ten thousand,
/// and one for each of a million.
/// [`capture_in_passing`](SharedSnapshot::capture_in_passing) holds each for a moment, and is not consistent.
///
/// Neither waits for a lock. A lock that somebody holds, be it the thread that asks, is passed over,
/// and its object is one of those that were [not seen whole](SharedSnapshot::unseen). So taking a snapshot cannot end in
/// a deadlock, whatever locks the thread holds. It waits for a collection, and a collection for it.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
///
/// use gcycle::inspect::SharedSnapshot;
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Room {
///     guests: Mutex<Vec<sync::Gc<Guest>>>,
/// }
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Guest {
///     name: String,
///     room: sync::Gc<Room>,
/// }
///
/// let room = sync::Gc::new(Room { guests: Mutex::default() });
/// let ada = sync::Gc::new(Guest { name: "Ada".into(), room: room.clone() });
/// room.guests.lock().unwrap().push(ada);
///
/// let snapshot = SharedSnapshot::capture(&[&room]);
/// println!("{}", snapshot.census());
/// assert!(snapshot.is_consistent());
///
/// let ada = snapshot.find("Guest").next().unwrap();
/// let path = snapshot.path_to_root(ada).unwrap();
/// assert_eq!(path.root().id(), (&room).into());
/// assert_eq!(path.edges()[0].label().to_string(), "guests[0]");
/// # assert_eq!(room.guests.lock().unwrap()[0].name.len(), 3);
/// # room.guests.lock().unwrap().clear();
/// ```
pub struct SharedSnapshot {
    snapshot: HeapSnapshot,
    notes: Notes,
}

const fn is_plain_data<T: Send + Sync + 'static>() {}
const _: () = is_plain_data::<SharedSnapshot>();

/// Why an object was not seen whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unseen {
    /// Somebody held one of its locks, be there handles behind it or not. What it reports beside is
    /// shown.
    Locked,
    /// A thread had the value alone, with `Gc::get_mut`, or has taken it out. None of its edges are
    /// shown.
    Exclusive,
    /// Its `trace` panicked, or there was no memory for a guard. None of its edges are shown.
    Failed,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Unseen::Locked => "somebody held its lock",
            Unseen::Exclusive => "a thread had it alone",
            Unseen::Failed => "its trace failed",
        })
    }
}

impl SharedSnapshot {
    /// Takes a snapshot of what these handles and the candidates reach, as it is at one moment.
    ///
    /// The handles may be of different types: `capture(&[&directory, &cache])`. With none, it shows
    /// what the candidates reach.
    ///
    /// It keeps the locks of all that it looks at until it has seen all. Nothing of the program runs
    /// meanwhile but hand-written `trace` implementations. The drop of a value whose last handle is dropped while this looks
    /// is left to another thread, if it runs code of the program.
    ///
    /// Called by the `trace` of a shared object, or by a panic hook inside of one, it shows nothing, and is
    /// not consistent.
    ///
    /// # Panics
    ///
    /// If there are more than 2³² edges. A `trace` that panics does not end it: see
    /// [`Unseen::Failed`].
    #[must_use]
    pub fn capture(handles: &[&dyn Root]) -> SharedSnapshot {
        SharedSnapshot::of(survey(handles, Guards::Kept, Texts::Unwanted))
    }

    /// Takes a snapshot as [`capture`](SharedSnapshot::capture) does, and holds each lock only as long as
    /// it looks at its object, so that nobody waits longer than for that.
    ///
    /// What it shows is from different moments: a handle that moves meanwhile is seen twice or not
    /// at all. Counts and types are right about, and what it shows as garbage may not be any. What owns no handles, such
    /// as text, may have been dropped since it was seen.
    ///
    /// # Panics
    ///
    /// As [`capture`](SharedSnapshot::capture).
    #[must_use]
    pub fn capture_in_passing(handles: &[&dyn Root]) -> SharedSnapshot {
        SharedSnapshot::of(survey(handles, Guards::Dropped, Texts::Unwanted))
    }

    /// Takes a snapshot as [`capture`](SharedSnapshot::capture) does, with the texts of objects, so that you
    /// see *which* session, room or order an object is.
    ///
    /// Which values have a text, and how it is cut and shown, is as for [the heap of one
    /// thread](HeapSnapshot::capture_with_texts).
    ///
    /// Code that writes texts is code of the program. It runs on this thread when the snapshot proper was taken
    /// and no lock of the library is held, and may do anything. If it panics, the text is `(panicked)`. If
    /// it takes a snapshot with texts itself, on this thread, that has none; nor has one that a `trace` takes. Each text is of the moment in which it is
    /// written, somewhat later than the snapshot.
    ///
    /// **Locks.** That code may wait for a lock, as any code may. If this thread holds it, it waits for ever. So
    /// let it use `try_lock`, or call this where you hold no lock that it takes.
    ///
    /// **Handles.** An object whose text is to be written has a handle more until it is: meanwhile `get_mut` and `try_unwrap`
    /// find it shared. It becomes a candidate, unless it is in no cycle by its type. If its last
    /// other handle is dropped meanwhile, it dies when its text was written: on this thread, or on another if its drop runs
    /// code of the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::fmt;
    /// use std::sync::Mutex;
    ///
    /// use gcycle::inspect::SharedSnapshot;
    /// use gcycle::{Trace, sync};
    ///
    /// #[derive(Trace)]
    /// #[trace(shared, describe)]
    /// struct Session {
    ///     user: String,
    ///     inbox: Mutex<Vec<String>>,
    /// }
    ///
    /// impl fmt::Display for Session {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str(&self.user)?;
    ///         match self.inbox.try_lock() {
    ///             Ok(inbox) => write!(f, " with {} messages", inbox.len()),
    ///             Err(_) => f.write_str(", busy"),
    ///         }
    ///     }
    /// }
    ///
    /// let ada = sync::Gc::new(Session { user: "Ada".into(), inbox: Mutex::default() });
    /// let snapshot = SharedSnapshot::capture_with_texts(&[&ada]);
    /// assert_eq!(snapshot.get(&ada).unwrap().text(), Some("Ada with 0 messages"));
    /// ```
    ///
    /// # Panics
    ///
    /// As [`capture`](SharedSnapshot::capture).
    #[must_use]
    pub fn capture_with_texts(handles: &[&dyn Root]) -> SharedSnapshot {
        SharedSnapshot::of(survey(handles, Guards::Kept, wanted()))
    }

    /// Takes a snapshot as [`capture_in_passing`](SharedSnapshot::capture_in_passing) does, with the
    /// texts of objects as [`capture_with_texts`](SharedSnapshot::capture_with_texts).
    ///
    /// # Panics
    ///
    /// As [`capture`](SharedSnapshot::capture).
    #[must_use]
    pub fn capture_in_passing_with_texts(handles: &[&dyn Root]) -> SharedSnapshot {
        SharedSnapshot::of(survey(handles, Guards::Dropped, wanted()))
    }

    fn of(survey: Option<Survey>) -> SharedSnapshot {
        let (graph, notes) = graph_of(survey.unwrap_or_default());
        SharedSnapshot { snapshot: HeapSnapshot::from_graph(graph), notes }
    }

    /// Whether all counts and all edges are those of one moment. What is not seen does not matter for that:
    /// the objects that it leads to count as held from outside.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.notes.is_consistent
    }

    /// Whether each object was seen whole.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.notes.sights.is_empty()
    }

    /// The candidates: the objects at which the next collection begins.
    pub fn candidates(&self) -> impl ExactSizeIterator<Item = ObjectInfo<'_>> {
        self.notes.candidates.iter().map(|&index| self.snapshot.object_at(index))
    }

    /// The objects that were not seen whole, each with the reason. What they refer to beyond what is
    /// shown counts as held from outside.
    ///
    /// ```
    /// use std::sync::Mutex;
    ///
    /// use gcycle::inspect::{SharedSnapshot, Unseen};
    /// use gcycle::sync::Gc;
    ///
    /// let list = Gc::new(Mutex::new(vec![Gc::new(1)]));
    /// let guard = list.lock().unwrap();
    /// let snapshot = SharedSnapshot::capture(&[&list]);
    /// let (object, reason) = snapshot.unseen().next().unwrap();
    /// assert_eq!((object.id(), reason), ((&list).into(), Unseen::Locked));
    /// # drop(guard);
    /// ```
    pub fn unseen(&self) -> impl ExactSizeIterator<Item = (ObjectInfo<'_>, Unseen)> {
        self.notes.sights.iter().map(|&(index, sight)| {
            let reason = match sight {
                Sight::Locked => Unseen::Locked,
                Sight::Exclusive => Unseen::Exclusive,
                Sight::Failed | Sight::Whole => Unseen::Failed,
            };
            (self.snapshot.object_at(index), reason)
        })
    }

    /// The objects that handles were made to or dropped to while the snapshot was taken: the last time
    /// that they were counted, or, in passing, since they were found. If there are any, the snapshot is not
    /// consistent.
    pub fn changed(&self) -> impl ExactSizeIterator<Item = ObjectInfo<'_>> {
        self.notes.changed.iter().map(|&index| self.snapshot.object_at(index))
    }
}

/// A `trace` of the heap of this thread gets no texts: code that writes them may do what no `trace` may.
fn wanted() -> Texts {
    if Activity::current().is_tracing() { Texts::Unwanted } else { Texts::Wanted }
}

impl Deref for SharedSnapshot {
    type Target = HeapSnapshot;

    fn deref(&self) -> &HeapSnapshot {
        &self.snapshot
    }
}

impl fmt::Debug for SharedSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSnapshot")
            .field("snapshot", &self.snapshot)
            .field("is_consistent", &self.is_consistent())
            .field("candidates", &self.notes.candidates.len())
            .field("unseen", &self.notes.sights.len())
            .field("changed", &self.notes.changed.len())
            .finish()
    }
}

impl<T: ?Sized> From<&sync::Gc<T>> for ObjectId {
    fn from(gc: &sync::Gc<T>) -> ObjectId {
        ObjectId(sync::Gc::as_ptr(gc).addr())
    }
}
