//! [`Object`]: a handle to an object of any type.
//!
//! # No candidates of heap tools
//!
//! A count that falls makes a candidate, and a list of all objects that is dropped would make
//! all of them candidates: the next collection would examine the whole heap. But an `Object`
//! that is made and dropped in one [interval](crate::collect::schedule::Schedule::interval)
//! between two collections need not make one.
//!
//! The next collection has to find a set S of objects that hold each other and that nothing
//! else holds once the `Object` is dropped. For that, one of S has to be a candidate (T2 in
//! docs/design.md). Of several `Object`s of the interval that held S, take the first; the
//! others do not count as something else.
//!
//! * If nothing else held S when the `Object` was made, then S was garbage, which a tool found
//!   by walking over the heap. So one of S was a candidate then, as without any tool.
//! * If something else did, its last handle to S from outside went later. It did not move into
//!   S: whoever stores a handle in S reaches S through another handle from outside, and an
//!   `Object` leads to no value. So it was dropped, and its target lived on: the count fell to
//!   a value above zero, and the target became a candidate.
//!
//! A candidate stays one until the next collection, so it still is one. An `Object` that is
//! dropped in a later interval makes a candidate as every handle does: a collection may have
//! found S alive because of it. So does one that is made while a collection runs, and one that
//! takes a count over from somebody who held it before, as the list of garbage did. No `Object`
//! is part of S itself, since it is not `Trace`.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::num::NonZeroU64;

use crate::collect::activity::Activity;
use crate::collect::death::die_erased;
use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::generation::Generation;
use crate::object::header::{ObjPtr, Released};
use crate::pointer::gc_ptr::{Gc, became_candidate};

/// A handle to an object of any type. The functions of [`gc`](crate::gc) that look at the
/// heap return such handles.
///
/// It keeps the object alive, and is counted like a [`Gc`]. Two are equal if they are
/// handles to the same object.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, gc::Object};
///
/// let number = Gc::new(7_i32);
/// let object = Object::from(&number);
/// assert_eq!(object.type_name(), "i32");
/// assert_eq!(object.ref_count(), 2);
/// assert!(Gc::ptr_eq(&object.downcast::<i32>().unwrap(), &number));
/// ```
///
/// # Invariants
///
/// The object is not DEAD and counts this handle. It does so since the interval `since`; if
/// that is `None`, nobody knows since when.
pub struct Object {
    target: ObjPtr,
    since: Option<NonZeroU64>,
    owns: PhantomData<*const ()>,
}

impl Object {
    /// A new handle to `object`, which must not be DEAD.
    pub(crate) fn new(object: ObjPtr) -> Object {
        debug_assert!(!object.is_dead());
        object.retain();
        Object { target: object, since: Activity::current().interval(), owns: PhantomData }
    }

    /// A handle to `object` that is counted already.
    pub(crate) fn from_counted(object: ObjPtr) -> Object {
        Object { target: object, since: None, owns: PhantomData }
    }

    /// Whether no collection could have seen this handle.
    fn is_unseen(&self) -> bool {
        self.since.is_some() && self.since == Activity::current().interval()
    }

    /// What this is a handle to.
    pub(crate) fn as_ptr(&self) -> ObjPtr {
        self.target
    }

    /// The identity of the object: the address of its value, as
    /// [`gc::id`](crate::gc::id).
    #[must_use]
    pub fn id(&self) -> usize {
        self.target.value().addr().get()
    }

    /// The name of the value's type, for people: from
    /// [`type_name`](core::any::type_name) or `#[trace(name = "...")]`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.target.type_name()
    }

    /// The generation that the object is in; `None` if the object is untracked or
    /// permanent, or was found unreachable by the collection that is running.
    #[must_use]
    pub fn generation(&self) -> Option<Generation> {
        Heap::of(self.target).epochs().generation_of(self.target.stamp().epoch()?)
    }

    /// The number of handles to the object, this one included.
    #[must_use]
    pub fn ref_count(&self) -> usize {
        self.target.strong() as usize
    }

    /// The size of the value in bytes, without the memory that it owns elsewhere.
    #[must_use]
    pub fn size(&self) -> usize {
        self.target.size_of_value()
    }

    /// Whether the collector examines objects of this type.
    #[must_use]
    pub fn is_tracked(&self) -> bool {
        !self.target.has(Flags::UNTRACKED)
    }

    /// Whether the object was finalized and then resurrected.
    #[must_use]
    pub fn is_finalized(&self) -> bool {
        self.target.is_finalized()
    }

    /// A typed handle to the object, if its value is a `T`.
    #[must_use]
    pub fn downcast<T: 'static>(&self) -> Option<Gc<T>> {
        self.target.is_type(core::any::TypeId::of::<T>()).then(|| {
            self.target.retain();
            // SAFETY: the value is a `T`, and the handle was counted.
            unsafe { Gc::from_counted(self.target.value().cast()) }
        })
    }
}

impl<T: ?Sized> From<&Gc<T>> for Object {
    fn from(gc: &Gc<T>) -> Object {
        Object::new(gc.object())
    }
}

impl Clone for Object {
    fn clone(&self) -> Object {
        Object::new(self.target)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        match self.target.release() {
            Released::Shared => {}
            Released::Candidate if self.is_unseen() => {}
            Released::Candidate => became_candidate(self.target),
            // SAFETY: this was the last handle, and it is not used again.
            Released::Last => unsafe { die_erased(self.target) },
        }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        self.target == other.target
    }
}

impl Eq for Object {}

impl Hash for Object {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.target.hash(state);
    }
}

impl fmt::Debug for Object {
    /// The type and the address, as Python shows an object without `repr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} {:#x}>", self.type_name(), self.id())
    }
}
