//! Objects that threads share are freed when no thread can reach them, once, and never before.
//!
//! There is one collector for the process, which would give the panics of one test to another. So
//! they take turns. They count what was dropped, because drops that run code of the program may
//! run on a thread of their own.

#![expect(
    clippy::items_after_statements,
    clippy::needless_for_each,
    clippy::similar_names,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::struct_field_names,
    clippy::type_complexity,
    reason = "tests read like the code of users"
)]

mod backlog;
mod callbacks;
mod cycles;
mod drops;
mod due;
mod finalizers;
mod locks;
#[cfg(feature = "inspect")]
mod metrics;
#[cfg(feature = "inspect")]
mod names;
mod panics;
mod second_look;
mod settings;
#[cfg(feature = "sites")]
mod sites;
#[cfg(feature = "inspect")]
mod snapshots;
#[cfg(feature = "inspect")]
mod snapshots_meanwhile;
mod stress;
#[cfg(feature = "inspect")]
mod texts;
mod threads;
mod unique;
mod unsized_values;
mod values;
mod weak;
