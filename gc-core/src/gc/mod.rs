// Python's module, on top of the collector and of the handles. It imports from all rooms
// below, decides nothing, and only the heap tools of `inspect/` are above it. Invariant: an
// object that it makes a handle to is one that `memory/walk` shows.
//! Python's `gc` module for this thread's heap.
//!
//! | Python | here |
//! |---|---|
//! | `gc.enable()`, `gc.disable()`, `gc.isenabled()` | [`enable`], [`disable`], [`is_enabled`], and [`pause`] for a scope |
//! | `gc.collect(generation=2)` | [`collect`], [`collect_generation`] |
//! | (not in Python: collecting where it does not disturb) | [`collect_if_due`], [`step`] |
//! | `gc.set_threshold()`, `gc.get_threshold()`, `gc.get_count()` | [`set_threshold`], [`get_threshold`], [`get_count`] |
//! | `gc.get_stats()` | [`get_stats`] |
//! | (not in Python: saving memory or time, limiting the pause) | [`set_pace`], [`get_pace`], [`set_budget`], [`get_budget`] |
//! | `gc.get_objects(generation=None)` | [`get_objects`] |
//! | `gc.get_referrers()`, `gc.get_referents()` | [`get_referrers`], [`get_referents`] |
//! | `gc.is_tracked()`, `gc.is_finalized()` | [`is_tracked`], [`is_finalized`] |
//! | `gc.freeze()`, `gc.unfreeze()`, `gc.get_freeze_count()` | [`freeze`], [`unfreeze`], [`get_freeze_count`] |
//! | (not in Python: memory that only the program knows of) | [`add_pressure`] |
//! | (not in Python: ending at once) | [`leak_at_exit`] |
//! | `gc.callbacks` | [`add_callback`], [`remove_callback`] |
//! | `gc.set_debug()`, `gc.get_debug()`, `gc.DEBUG_*` | [`set_debug`], [`get_debug`], [`DebugFlags`] |
//! | `gc.garbage` | [`garbage`], [`take_garbage`] |
//! | `sys.getrefcount()` | [`Gc::strong_count`](crate::Gc::strong_count) |
//! | `id()` | [`id`] |
//! | (not in Python: memory usage, returning memory) | [`memory`], [`trim`] |

mod control;
mod introspect;

pub use crate::collect::budget::Budget;
pub use crate::collect::callbacks::CallbackId;
pub use crate::collect::debug::DebugFlags;
pub use crate::collect::pace::Pace;
pub use crate::collect::stats::{CollectionInfo, GenerationStats, Phase, Progress};
pub use crate::memory::pressure::Pressure;
pub use crate::memory::stats::MemoryStats;
pub use crate::object::generation::{Generation, InvalidGeneration};
pub use crate::pointer::erased::Object;
pub use control::{
    PauseGuard, add_callback, add_pressure, collect, collect_generation, collect_if_due, disable,
    enable, freeze, garbage, get_budget, get_count, get_debug, get_freeze_count, get_objects,
    get_pace, get_referents, get_referrers, get_stats, get_threshold, id, is_enabled, is_finalized,
    is_tracked, leak_at_exit, memory, pause, remove_callback, set_budget, set_debug, set_pace,
    set_threshold, step, take_garbage, trim, unfreeze,
};
