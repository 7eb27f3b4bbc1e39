//! What heap snapshots promise, by promise.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

mod answers;
mod census;
mod garbage;
mod growth;
mod heaps;
mod holders;
mod hostile;
mod labels;
mod metrics;
mod moments;
mod names;
mod oracle;
mod owned;
mod page;
mod pictures;
mod recorder;
mod texts;
