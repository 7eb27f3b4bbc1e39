//! Pointers that share their target with others: `Rc`, `Arc`, their weak
//! handles, and `&T`. They never pass edges on.
//!
//! # Why
//!
//! The collector subtracts the references that it found between objects from each
//! object's count; the references that remain came from outside. An edge must therefore
//! be reported once for each time it was counted. Take two objects, A and B, that share
//! an `Rc`, which owns the one `Gc` to X:
//!
//! ```text
//!   A --.            strong(X) = 2: one in the Rc, one in a local variable
//!        >-- Rc --> X
//!   B --'    local --^
//! ```
//!
//! If `Rc` passed its edge on, A would report it, and B would report it again. Two edges
//! from a strong count of two leave nothing: X is taken for garbage and freed while the
//! local variable refers to it. The same happens in containers that share structure
//! between clones (`im`, `imbl`, `rpds`), and with the targets of a `&T`.
//!
//! So the contents must be [`Acyclic`], and then there is nothing to report:
//! no cycle leads through them.
//!
//! ```
//! # use gc_core as gcycle;
//! use std::cell::RefCell;
//! use std::rc::Rc;
//!
//! use gcycle::Trace;
//!
//! fn traced<T: Trace>() {}
//!
//! traced::<Rc<RefCell<String>>>();
//! ```
//!
//! ```compile_fail,E0277
//! # use gc_core as gcycle;
//! use std::any::Any;
//! use std::rc::Rc;
//!
//! use gcycle::{Gc, Trace};
//!
//! fn traced<T: Trace>() {}
//!
//! traced::<Rc<Gc<dyn Any>>>();
//! ```

use alloc::rc::{self, Rc};
use alloc::sync::{self, Arc};
use core::any::Any;
use core::error::Error;
use core::fmt::{Debug, Display};

// What is shared is divided among those who share it; what it owns in turn is not seen.
leaves! {
    shares:
    Rc<T> where SharesNoCycle => owns |this| size_of_val::<T>(this) / Rc::strong_count(this),
    Arc<T> where SharesNoCycle => owns |this| size_of_val::<T>(this) / Arc::strong_count(this).max(1),
    rc::Weak<T> where WatchesNoCycle,
    sync::Weak<T> where WatchesNoCycle,
    &T where SharesNoCycle,
}

// What can be sent to another thread owns no `Gc`, whatever it is.
unsized_leaves! {
    dyn Any + Send,
    dyn Any + Send + Sync,
    dyn Error + Send,
    dyn Error + Send + Sync,
    dyn Debug + Send,
    dyn Debug + Send + Sync,
    dyn Display + Send,
    dyn Display + Send + Sync,
    {T} dyn Future<Output = T> + Send,
    {T} dyn Future<Output = T> + Send + Sync,
    {T} dyn Iterator<Item = T> + Send,
    {T} dyn Iterator<Item = T> + Send + Sync,
}

// An error says what happened, in words: one that owns a `Gc` is rare, and keeps the target of
// that handle alive. A `dyn Any` is whatever the program keeps in it, so it is no leaf unless
// it can be sent: `Untraced<Box<dyn Any>>` says that a handle in it is not looked for.
unsized_leaves! { dyn Error }
