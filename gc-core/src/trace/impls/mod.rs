//! `Trace` for the types of std and, behind features, of other crates.
//!
//! There is one file for each family of types. Most types have one of a few shapes, and
//! `shapes` has a macro with one safety proof for each: a leaf owns nothing, a wrapper
//! passes on the edges of its contents, fields and variants are traced one by one,
//! sequences and maps are walked. The files implement by hand only the types that fit no
//! shape.
//!
//! # Which types pass edges on
//!
//! A type passes on the edges of its contents only if all of this holds:
//!
//! 1. It is the only owner of the contents. `Rc<T>`, `Arc<T>`, `&T` and
//!    containers that share structure (`im`, `imbl`, `rpds`) are not, so that
//!    two of them would report one edge twice: `shared` shows what breaks.
//! 2. Its own `Drop` does nothing with the contents but drop them. A
//!    `BufWriter<W>` calls `W::write` when it is dropped, which could look at a
//!    dead neighbour: `io` says more.
//! 3. Its contents can be looked at through `&self` without waiting, without panicking
//!    and without running user code.
//!
//! If a rule fails for a type, it traces nothing; where it could hide a cycle, it is
//! `Trace` only for [`Acyclic`](crate::Acyclic) contents. Leaving an edge out is always
//! safe: it keeps its target alive.
//!
//! # What is not traced on purpose
//!
//! The hasher `S` of a map, the allocator of a container and the initialiser of a lazy
//! value, because they give no access to their contents or own nothing in practice. A
//! `Gc` inside them counts as held from outside. `Acyclic` does not require anything of
//! them either.
//!
//! # Contents without edges
//!
//! `trace` of a container does not walk contents whose type says that it has
//! nothing to report: a map from strings to numbers costs a collection nothing.
//! `trace_labelled`, which heap tools call and whoever weighs objects, walks them too if they
//! need a drop, so that edges to acyclic objects show up there, and what the contents own.

#[macro_use]
mod shapes;
mod contents;
mod footprint;

mod cells;
mod choices;
mod collections;
mod functions;
mod io;
mod iter;
mod lazy;
mod memory;
#[cfg(feature = "isolates")]
#[macro_use]
mod movable;
mod net;
mod pointers;
mod process;
mod ranges;
mod scalars;
mod shared;
mod sync;
mod text;
mod third_party;
mod time;
mod tuples;

#[cfg(test)]
mod tests;
