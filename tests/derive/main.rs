//! `#[derive(Trace)]`: what the derived implementations say and do.

#![expect(dead_code, reason = "many types here are there to be derived for")]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "types are written as users write them"
)]

mod attributes;
mod bounds;
mod collecting;
mod finalizers;
mod functions;
mod hygiene;
#[cfg(feature = "isolates")]
mod movable;
mod mutual;
mod quiet;
mod recursive;
mod shapes;
mod tracked;
