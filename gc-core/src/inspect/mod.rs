// The tools that look at a heap, in five rooms: `graph/` below, then `dominators/`,
// `snapshot/`, `reports/` and `pictures/`. They import from all rooms of the crate, and
// nothing imports from them: a program that takes no snapshot does not pay for them.
// Invariant: a snapshot is plain data, and is taken without a handle to any object.
//! Looking at the heap: what is there, what has grown, and what keeps it alive.
//!
//! Everything starts from a [`HeapSnapshot`]. It is plain data: it keeps nothing alive,
//! and you can look at it later or on another thread.
//!
//! ```
//! use std::cell::RefCell;
//! use gcycle::{Gc, Trace, inspect::HeapSnapshot};
//!
//! #[derive(Trace)]
//! struct Window {
//!     buttons: RefCell<Vec<Gc<Button>>>,
//! }
//!
//! #[derive(Trace)]
//! struct Button {
//!     window: Gc<Window>,
//! }
//!
//! let registry = Gc::new(RefCell::new(Vec::new()));
//! let open_and_close = || {
//!     let window = Gc::new(Window { buttons: RefCell::default() });
//!     window.buttons.borrow_mut().push(Gc::new(Button { window: window.clone() }));
//!     registry.borrow_mut().push(window); // the leak
//! };
//!
//! // 1. What grows?
//! let before = HeapSnapshot::capture();
//! open_and_close();
//! let after = HeapSnapshot::capture();
//! let diff = after.diff(&before);
//! println!("{diff}");
//!
//! // 2. Why is it alive?
//! let window = diff.new_objects().find(|object| object.type_name().ends_with("Window")).unwrap();
//! let path = after.path_to_root(window).unwrap();
//! println!("{path}");
//! assert_eq!(path.root().id(), (&registry).into());
//! assert_eq!(path.edges()[0].label().to_string(), "[0]");
//!
//! // 3. What does it cost?
//! let button = after.referents(window).next().unwrap().target();
//! assert_eq!(window.retained_size(), window.bytes() + window.owned() + button.bytes());
//! ```
//!
//! The guide [Finding a leak] continues from here. It covers objects with several
//! holders, cycles, what the collector cannot free, and a test that keeps a leak from
//! coming back.
//!
//! [Finding a leak]: https://docs.rs/gcycle/latest/gcycle/guide/leaks/index.html
//!
//! # Questions and answers
//!
//! | question | answer | elsewhere |
//! |---|---|---|
//! | what is there? | [`census`], [`census_by_generation`], [`census_by`] | `objgraph.show_most_common_types`, guppy `heap()` |
//! | what has grown? | [`diff`] | `objgraph.show_growth`, DevTools comparison |
//! | which objects are new? | [`HeapDiff::new_objects`] | `objgraph.get_new_ids` |
//! | why is it alive? | [`path_to_root`], [`paths_to`] | `objgraph.find_backref_chain`, DevTools retainers |
//! | what holds all of these? | [`holders`] | DevTools retainers, merged |
//! | what refers to it, and what does it refer to? | [`referrers`], [`referents`] | `gc.get_referrers`, `gc.get_referents` |
//! | which of them is it? | [`capture_with_texts`], [`ObjectInfo::text`] | `repr` |
//! | is it the one that I know? | [`name`](name()), [`ObjectInfo::name`] | – |
//! | how much does it own elsewhere? | [`ObjectInfo::owned`] | `sys.getsizeof` |
//! | how much would be freed with it? | [`retained_size`], [`dominators`] | guppy `domisize`, DevTools retained size |
//! | where are cycles? | [`cycles`] | pympler `GarbageGraph` |
//! | what is garbage already, and why is it still there? | [`garbage`], [`unreachable`] | guppy `heapu()` |
//! | where were they made? | `census_by_site`, with the feature `sites` | tracemalloc |
//! | where are all of a type? | [`find`], [`of_type`] | `objgraph.by_type` |
//! | draw it | [`to_html`], [`to_svg`], [`to_dot`] | `objgraph.show_backrefs` |
//! | open it in tools I know | [`to_heapsnapshot`] | Chrome and Edge DevTools |
//! | which types keep how much alive, as a flame graph? | `to_pprof`, with the feature `pprof` | pprof |
//! | what does my service do? | [`Monitor`] | `gc.get_stats` |
//! | since when does it grow? | [`Recorder`] | tracemalloc, DevTools timeline |
//! | what do threads share? | `SharedSnapshot`, `SharedMetrics` and `name_shared`, with the feature `sync` | – |
//!
//! [`capture_with_texts`]: HeapSnapshot::capture_with_texts
//! [`census`]: HeapSnapshot::census
//! [`census_by_generation`]: HeapSnapshot::census_by_generation
//! [`census_by`]: HeapSnapshot::census_by
//! [`diff`]: HeapSnapshot::diff
//! [`path_to_root`]: HeapSnapshot::path_to_root
//! [`paths_to`]: HeapSnapshot::paths_to
//! [`holders`]: HeapSnapshot::holders
//! [`referrers`]: HeapSnapshot::referrers
//! [`referents`]: HeapSnapshot::referents
//! [`retained_size`]: HeapSnapshot::retained_size
//! [`dominators`]: HeapSnapshot::dominators
//! [`cycles`]: HeapSnapshot::cycles
//! [`garbage`]: HeapSnapshot::garbage
//! [`unreachable`]: HeapSnapshot::unreachable
//! [`find`]: HeapSnapshot::find
//! [`of_type`]: HeapSnapshot::of_type
//! [`to_html`]: HeapSnapshot::to_html
//! [`to_svg`]: HeapSnapshot::to_svg
//! [`to_dot`]: HeapSnapshot::to_dot
//! [`to_heapsnapshot`]: HeapSnapshot::to_heapsnapshot
//!
//! # What a snapshot shows
//!
//! | the object | is shown |
//! |---|---|
//! | tracked or untracked, of any generation, or [frozen](crate::gc::freeze) | yes, with its [`Place`] |
//! | unreachable, not collected yet | yes; [`unreachable`] lists it |
//! | in [exclusive use](ObjectInfo::is_exclusive), mutably borrowed, locked | yes, without the edges that cannot be read; the objects that these lead to count as held from outside |
//! | not fully built, being dropped | no; the objects that it refers to count as held from outside |
//! | found unreachable by the collection that is running | no, as above |
//! | being finalized because its last handle was dropped | yes, held by that call |
//! | an entry of a [`WeakMap`](crate::weak::WeakMap) | yes, between its map and its value; that it also needs its key is not shown |
//! | gone, though weak handles remain | no |
//!
//! Handles that no object of the snapshot holds are *from outside*: they are in
//! variables, statics, fields that are not traced, or other containers. Objects that have
//! such handles are the roots.
//!
//! # What it costs
//!
//! A program that takes no snapshot pays nothing. Taking a snapshot takes about as long
//! as a full collection, and some 45 bytes for each object. Computing retained sizes
//! takes two or three times as long as that, once for each snapshot. Nothing is
//! recursive, so a list of a million objects is no special case.

mod dominators;
mod graph;
mod pictures;
mod reports;
mod snapshot;

pub use graph::heap_graph::Place;
pub use graph::names::name;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub use graph::shared_names::name_shared;
pub use pictures::drawing::Drawing;
pub use pictures::html::HtmlPage;
#[cfg(feature = "sites")]
pub use reports::by_site::{SiteGrowth, SiteGrowthRow};
pub use reports::census::{Census, CensusRow};
pub use reports::cycles::Cycle;
pub use reports::diff::{GrowthRow, HeapDiff};
pub use reports::garbage::{Garbage, WaitsFor};
pub use reports::holders::Holders;
pub use reports::metrics::{Metric, Metrics, Monitor, Pauses};
pub use reports::recorder::{Interval, Recorder};
pub use reports::recording::{Moment, Recording};
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub use reports::shared_metrics::SharedMetrics;
pub use reports::way::{Way, WayStep};
pub use snapshot::heap_snapshot::HeapSnapshot;
pub use snapshot::object_info::{Edge, EdgeLabel, ObjectId, ObjectInfo};
pub use snapshot::paths::Path;
pub use snapshot::retained_size::Dominators;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub use snapshot::shared_snapshot::{SharedSnapshot, Unseen};
#[cfg(feature = "sites")]
pub use snapshot::site::{MadeAt, set_site_sampling};

#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
pub use crate::sync::surveyor::Root as SharedRoot;
