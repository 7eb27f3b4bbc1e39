//! [`Dead`]: what a collection leaves to be reclaimed, by whichever thread and whenever.
//!
//! Nobody else has a pointer to these objects, but for the list of candidates. So they are
//! reclaimed while other collections run.

use crate::sync::protocol::members::Members;
use crate::sync::protocol::object::Object;
use crate::sync::protocol::weak::give_up_slot;
use crate::sync::protocol::word::Burial;

/// Objects whose values are to be dropped, and whose slots are to be freed.
///
/// # Invariants
///
/// It has the burial of each object, or a handle to be finalized. The condemned ones are unreachable together: all handles to
/// them lie in the values of condemned ones.
#[derive(Debug)]
pub(crate) struct Dead<O> {
    /// Their last handle was dropped while they were pinned.
    buried: Vec<(O, Burial)>,
    condemned: Vec<Condemned<O>>,
    /// Their finalizers are to run.
    finalizable: Vec<O>,
}

/// What one confirmation has condemned.
///
/// # Invariants
///
/// It has the burials of some of the members, in their order. Others may be gone: nothing is done with
/// them but to prefetch what is at their addresses.
#[derive(Debug)]
pub(crate) struct Condemned<O> {
    members: Members<O>,
    burials: Vec<Option<Burial>>,
}

impl<O: Object> Dead<O> {
    /// Nothing.
    pub(crate) const fn new() -> Dead<O> {
        Dead { buried: Vec::new(), condemned: Vec::new(), finalizable: Vec::new() }
    }

    /// Adds an object without handles.
    pub(crate) fn bury(&mut self, object: O, burial: Burial) {
        self.buried.push((object, burial));
    }

    /// Makes room for so many objects to be finalized.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.finalizable.reserve(more);
    }

    /// Adds an object with a handle for who finalizes it.
    pub(crate) fn finalize(&mut self, object: O) {
        self.finalizable.push(object);
    }

    /// Whether finalizers are to run, so that a later collection has to look again.
    pub(crate) fn has_finalizers(&self) -> bool {
        !self.finalizable.is_empty()
    }

    /// Adds what a confirmation has condemned.
    pub(crate) fn add(&mut self, condemned: Condemned<O>) {
        self.condemned.push(condemned);
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.buried.is_empty() && self.condemned.is_empty() && self.finalizable.is_empty()
    }

    /// The objects.
    pub(crate) fn objects(&self) -> impl Iterator<Item = O> {
        let buried = self.buried.iter().map(|&(object, _)| object);
        let condemned = self.condemned.iter().flat_map(Condemned::objects);
        buried.chain(condemned).chain(self.finalizable.iter().copied())
    }

    /// Runs finalizers, drops the values and frees the slots.
    ///
    /// Runs user code: finalizers, the drops of the values, and weak callbacks.
    pub(crate) fn reclaim(self) {
        for object in self.finalizable {
            // SAFETY: by the type invariant.
            unsafe { object.finalize() };
        }
        // First all values: they hold handles to each other, and dropping a handle counts it. And they hold weak
        // handles whose callbacks are not called.
        for &(object, burial) in &self.buried {
            if !burial.is_empty() {
                // SAFETY: a burial is the right to drop the value, and this uses it up.
                unsafe { object.drop_value() };
            }
        }
        for condemned in &self.condemned {
            condemned.drop_values();
        }
        for (object, burial) in self.buried {
            announce(object, burial);
            free(object, burial);
        }
        for condemned in self.condemned {
            condemned.free();
        }
    }
}

impl<O: Object> Condemned<O> {
    /// Those of the `members` that have a burial here.
    pub(crate) fn new(members: Members<O>, burials: Vec<Option<Burial>>) -> Condemned<O> {
        Condemned { members, burials }
    }

    /// The objects with their positions and burials.
    fn all(&self) -> impl Iterator<Item = (usize, O, Burial)> {
        let members = self.members.objects().iter().zip(&self.burials).enumerate();
        members.filter_map(|(index, (&object, &burial))| Some((index, object, burial?)))
    }

    /// The objects.
    fn objects(&self) -> impl Iterator<Item = O> {
        self.all().map(|(_, object, _)| object)
    }

    /// Drops the values.
    ///
    /// Runs user code: the drops of the values.
    fn drop_values(&self) {
        for (index, object, _) in self.all() {
            self.members.prefetch_after(index);
            self.members.prefetch_targets_after(index);
            // SAFETY: by the type invariant; this is the one place that drops it.
            unsafe { object.drop_value() };
        }
    }

    /// Frees the slots, when nothing drops a handle to one of the objects any more.
    ///
    /// Runs user code: weak callbacks.
    fn free(self) {
        for (index, object, burial) in self.all() {
            self.members.prefetch_header_after(index);
            announce(object, burial);
            // A drop that forgets a handle leaks the slot.
            if object.word().count() == 0 {
                free(object, burial);
            }
        }
    }
}

/// Drops the value of an object without handles, and frees its slot unless the list of candidates
/// or a weak handle still refers to it.
///
/// Runs user code: the drop of the value, and weak callbacks.
pub(crate) fn bury<O: Object>(object: O, burial: Burial) {
    debug_assert!(!burial.is_empty(), "the last handle has a value");
    // SAFETY: a burial is the right to drop the value, and this uses it up.
    unsafe { object.drop_value() };
    announce(object, burial);
    free(object, burial);
}

/// Says that the value is gone, if anybody may wait for that. Those of its weak handles that lay in values
/// which died with it are gone, too, and do not hear of it.
///
/// Runs user code: weak callbacks.
#[inline]
pub(crate) fn announce<O: Object>(object: O, burial: Burial) {
    if burial.has_weak() {
        object.value_is_gone();
    }
}

/// Gives up the slot of a value that was dropped, or leaves that to whoever takes its entry.
pub(crate) fn free<O: Object>(object: O, burial: Burial) {
    if burial.is_of_last() {
        // SAFETY: the value was dropped, and nobody else has a pointer to the slot.
        unsafe { object.free() };
    } else if burial.has_entry() && object.take_back() || burial.gives_up_slot(object.word()) {
        give_up_slot(object);
    }
}
