//! Where the collector runs code of the user, and what that code may do there.
//!
//! The design has a table of these sites: one row for each, and a column for
//! what may be done. There is a module for each row here, and a test for each
//! cell. Where a site has one way in a collection and another way where counts
//! reach zero, both are tested.
//!
//! | site | user code | may allocate | may collect | panic |
//! |---|---|---|---|---|
//! | [`trace`] | hand-written impls only | no (checked) | no | collection abandoned, state restored, panic goes on |
//! | [`weak_callback`] | yes | yes | nested call returns 0 | caught, reported, collection goes on |
//! | [`gc_callback`] | yes | yes | nested call returns 0 | caught, reported, collection goes on |
//! | [`finalize`] | yes | yes | nested call returns 0 | caught, object counts as finalized, collection goes on; rethrown at the end |
//! | [`drop_of_a_field`] | yes | yes | nested call returns 0 | the rest is still reclaimed, first panic rethrown at the end |
//! | [`thread_exit`] | yes | yes (freed too) | yes | caught and reported |

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests are programs like those of the users"
)]

mod alike;
mod drop_of_a_field;
mod everywhere;
mod finalize;
mod gc_callback;
mod payloads;
mod subject;
mod thread_exit;
mod trace;
mod weak_callback;
