//! Handles that several threads share, and the collector of the cycles among them.
//!
//! [`Gc`] is to [`Arc`](alloc::sync::Arc) what the [`Gc`](crate::Gc) of one thread
//! is to `Rc`. Cloning and dropping a handle takes a little longer than with an `Arc`; with
//! a `Gc` that no other thread needs, a fraction. The two do not mix: a shared object cannot own a `Gc` of one thread, and a shared handle
//! in an object of one thread counts as held from outside.
//!
//! ```
//! use std::sync::Mutex;
//! use std::thread;
//!
//! use gcycle::{Trace, sync};
//!
//! #[derive(Trace)]
//! #[trace(shared)]
//! struct Person {
//!     name: String,
//!     friends: Mutex<Vec<sync::Gc<Person>>>,
//! }
//!
//! let person = |name: &str| {
//!     sync::Gc::new(Person { name: name.to_owned(), friends: Mutex::default() })
//! };
//! let ada = person("Ada");
//! let bob = person("Bob");
//! ada.friends.lock().unwrap().push(bob.clone());
//! thread::spawn(move || bob.friends.lock().unwrap().push(ada)).join().unwrap();
//!
//! assert_eq!(sync::gc::collect(), 2);
//! ```
//!
//! # When values are dropped
//!
//! A value is dropped when its last handle is, by the thread that drops it, unless a collection
//! looks at it just then: in that case the thread that collects drops it a moment later.
//!
//! Values that only keep each other alive are found by a collection. One runs when
//! [`gc::collect`] is called, and in [`Gc::new`] when enough handles were dropped. The other threads
//! go on meanwhile. [`gc::set_collection`] leaves collections to a thread of their own, or to you. Garbage whose drop runs code of the program is then dropped on a thread of its
//! own, since the thread that happens to collect may hold locks that this code needs. There is one
//! such thread at a time. If it cannot be started, that garbage waits for the next collection.
//!
//! # Finalizers
//!
//! A value with a [`Finalize`](crate::Finalize) is finalized once, before it is dropped and while all that it
//! refers to is intact. Of a cycle that a collection finds, all values are finalized, and
//! the next collection looks whether one was saved; [`gc::collect`] runs that, too. Finalizers run where drops do: by the
//! thread that drops the last handle or calls [`gc::collect`], or on the thread of its own. A finalizer that
//! runs because the last handle was dropped cannot save the value: its weak handles have lost it.
//!
//! # Locks
//!
//! A collection never waits for a lock. It looks behind those that are free, and holds each for a
//! moment; those of objects that it takes for garbage until it has decided. So a `try_lock` may
//! fail although no other thread of the program holds the lock.
//!
//! # Weak handles
//!
//! A [`Weak`] does not keep its object alive. [`Weak::upgrade`] returns a handle as long as the value is
//! there, also if only a cycle of garbage holds it, which that handle then saves. A collection that is
//! about to drop the value decides either way, and never both. [`Gc::downgrade_with`] makes one with a callback,
//! which is called when the value is gone.
//!
//! # Slices, text and trait objects
//!
//! `Gc<[T]>` and `Gc<str>` are made with `From` or `collect`. [`unsize!`](crate::unsize!) converts a handle
//! to one of a trait object:
//!
//! ```
//! use gcycle::sync::{Gc, Weak};
//! use gcycle::{Trace, unsize};
//!
//! trait Shape: Send + Sync {
//!     fn area(&self) -> f64;
//! }
//!
//! #[derive(Trace)]
//! #[trace(shared)]
//! struct Square(f64);
//!
//! impl Shape for Square {
//!     fn area(&self) -> f64 {
//!         self.0 * self.0
//!     }
//! }
//!
//! let shape: Gc<dyn Shape> = unsize!(Gc::new(Square(3.0)) => dyn Shape);
//! let weak: Weak<dyn Shape> = Gc::downgrade(&shape);
//! assert_eq!(weak.upgrade().unwrap().area(), 9.0);
//! ```
//!
//! # What is not there yet
//!
//! Generations. `docs/sync.md` specifies the collector.
//!
//! Invariant of this room: a shared object reports what it owns in a way that stays true while
//! other threads use it; see [`Shared`].

mod background;
mod backlog;
mod callbacks;
mod collector;
mod contract;
mod cyclic;
mod deaths;
pub mod gc;
mod gc_ptr;
mod header;
#[cfg(feature = "inspect")]
pub(crate) mod held;
mod impls;
mod lists;
mod locks;
#[cfg(feature = "inspect")]
pub(crate) mod names;
mod protocol;
mod reports;
mod settings;
#[cfg(feature = "inspect")]
mod sightings;
mod slice;
#[cfg(feature = "inspect")]
pub(crate) mod survey;
#[cfg(feature = "inspect")]
pub(crate) mod surveyor;
#[cfg(feature = "inspect")]
pub(crate) mod tools;
mod traits;
mod unique;
mod unsize;
mod weak_ptr;

pub use contract::Shared;
pub use gc_ptr::Gc;
pub use unique::GcMut;
pub use weak_ptr::Weak;
