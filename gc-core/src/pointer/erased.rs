//! [`Object`]: a handle to an object of any type.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

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
/// The object is not DEAD and counts this handle.
#[repr(transparent)]
pub struct Object {
    object: ObjPtr,
    owns: PhantomData<*const ()>,
}

impl Object {
    /// A new handle to `object`, which must not be DEAD.
    pub(crate) fn new(object: ObjPtr) -> Object {
        debug_assert!(!object.is_dead());
        object.retain();
        Object { object, owns: PhantomData }
    }

    /// A handle to `object` that is counted already.
    pub(crate) fn from_counted(object: ObjPtr) -> Object {
        Object { object, owns: PhantomData }
    }

    /// What this is a handle to.
    pub(crate) fn as_ptr(&self) -> ObjPtr {
        self.object
    }

    /// The identity of the object: the address of its value, as
    /// [`gc::id`](crate::gc::id).
    #[must_use]
    pub fn id(&self) -> usize {
        self.object.value().addr().get()
    }

    /// The name of the value's type, for people: from
    /// [`type_name`](core::any::type_name) or `#[trace(name = "...")]`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.object.type_name()
    }

    /// The generation that the object is in; `None` if the object is untracked or
    /// permanent, or was found unreachable by the collection that is running.
    #[must_use]
    pub fn generation(&self) -> Option<Generation> {
        Heap::current().epochs().generation_of(self.object.stamp().epoch()?)
    }

    /// The number of handles to the object, this one included.
    #[must_use]
    pub fn ref_count(&self) -> usize {
        self.object.strong() as usize
    }

    /// The size of the value in bytes, without the memory that it owns elsewhere.
    #[must_use]
    pub fn size(&self) -> usize {
        self.object.size_of_value()
    }

    /// Whether the collector examines objects of this type.
    #[must_use]
    pub fn is_tracked(&self) -> bool {
        !self.object.has(Flags::UNTRACKED)
    }

    /// Whether the object was finalized and then resurrected.
    #[must_use]
    pub fn is_finalized(&self) -> bool {
        self.object.is_finalized()
    }

    /// A typed handle to the object, if its value is a `T`.
    #[must_use]
    pub fn downcast<T: 'static>(&self) -> Option<Gc<T>> {
        self.object.is_type(core::any::TypeId::of::<T>()).then(|| {
            self.object.retain();
            // SAFETY: the value is a `T`, and the handle was counted.
            unsafe { Gc::from_counted(self.object.value().cast()) }
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
        Object::new(self.object)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        match self.object.release() {
            Released::Shared => {}
            Released::Candidate => became_candidate(self.object),
            // SAFETY: this was the last handle, and it is not used again.
            Released::Last => unsafe { die_erased(self.object) },
        }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        self.object == other.object
    }
}

impl Eq for Object {}

impl Hash for Object {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.object.hash(state);
    }
}

impl fmt::Debug for Object {
    /// The type and the address, as Python shows an object without `repr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} {:#x}>", self.type_name(), self.id())
    }
}
