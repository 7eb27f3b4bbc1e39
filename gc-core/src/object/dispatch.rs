//! The operations on a value whose type only its header knows. Every call of user code by
//! the collector goes through this file.

use core::any::TypeId;
use core::cell::Cell;
#[cfg(feature = "inspect")]
use core::fmt::{self, Formatter};

use crate::object::edges::{EdgeBuffer, LabelledEdges, SAMPLE};
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;

/// The operations of the runtime on a value whose type it does not know.
///
/// Aligned so that a header can keep [`Flags`] in the low bits of its address.
#[repr(align(256))]
pub(crate) struct VTable {
    /// Reports the edges of the values of the first objects, as many as share the
    /// vtable, none of those that are not [readable](ObjPtr::is_readable), and
    /// notes up to where in the buffer the edges of each lie.
    ///
    /// # Safety
    ///
    /// The value of the first object is of the vtable's type, and those that are
    /// readable are initialised.
    pub(crate) trace_all: unsafe fn(&[ObjPtr], &mut EdgeBuffer, &mut [usize]) -> Run,
    /// Reports the edges of the value with their names.
    ///
    /// # Safety
    ///
    /// The object's value is of the vtable's type, is initialised, and nobody
    /// holds `&mut` to it.
    pub(crate) trace_labelled: unsafe fn(ObjPtr, &mut LabelledEdges),
    /// Runs the finalizer of the value, and those of the values that lie in it.
    ///
    /// # Safety
    ///
    /// As `trace_labelled`.
    pub(crate) finalize: unsafe fn(ObjPtr),
    /// Whether the type has a finalizer, or values that may lie in the value.
    pub(crate) has_finalizer: fn() -> bool,
    /// Drops the value in place.
    ///
    /// # Safety
    ///
    /// As `trace_labelled`, and the value is not used again.
    pub(crate) drop_value: unsafe fn(ObjPtr),
    /// Drops the values of the first objects in place, as many as share the
    /// vtable, and counts each before it is dropped.
    ///
    /// # Safety
    ///
    /// As `drop_value`, for each.
    pub(crate) drop_all: unsafe fn(&[ObjPtr], &Cell<usize>),
    /// Whether that is quiet: runs no user code, see [`Trace`](crate::Trace).
    pub(crate) drops_quietly: fn() -> bool,
    /// The size of the value in bytes.
    ///
    /// # Safety
    ///
    /// The object's value is of the vtable's type.
    pub(crate) size_of_value: unsafe fn(ObjPtr) -> usize,
    /// Writes the text by which heap tools show the value. Answers `None` if the type has
    /// none; without a place to write to, it does nothing else.
    ///
    /// # Safety
    ///
    /// As `trace_labelled`.
    #[cfg(feature = "inspect")]
    pub(crate) describe: unsafe fn(ObjPtr, Option<&mut Formatter<'_>>) -> Option<fmt::Result>,
    /// The name that heap tools show.
    pub(crate) type_name: fn() -> &'static str,
    /// The identity of the type.
    pub(crate) type_id: fn() -> TypeId,
}

impl VTable {
    /// The address that a header keeps.
    #[inline]
    pub(crate) fn pointer(&'static self) -> *const () {
        core::ptr::from_ref(self).cast()
    }
}

const _: () = assert!(align_of::<VTable>() > Flags::MASK, "flags fit below a vtable's address");

/// The first of several objects, which share a vtable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// How many they are.
    pub(crate) count: usize,
    /// The flags that any of them had before it was looked at, if it had a
    /// [notable](Flags::NOTABLE) one.
    pub(crate) flags: Flags,
}

/// Traces `objects` again, one by one: some of them are too deep to be traced in one go, and
/// what was put off belongs to the one that was traced last.
#[cold]
fn trace_each(objects: &[ObjPtr], edges: &mut EdgeBuffer, ends: &mut [usize]) {
    edges.give_up();
    edges.clear();
    for (object, end) in objects.iter().zip(ends) {
        object.trace(edges);
        *end = edges.len();
    }
}

impl ObjPtr {
    #[inline]
    fn vtable(self) -> &'static VTable {
        let vtable = self.vtable_pointer().cast::<VTable>();
        // SAFETY: by the precondition of `Header::init`.
        unsafe { &*vtable }
    }

    /// Whether the value is of type `id`.
    pub(crate) fn is_type(self, id: TypeId) -> bool {
        (self.vtable().type_id)() == id
    }

    /// The identity of the value's type.
    #[cfg(feature = "inspect")]
    pub(crate) fn type_id(self) -> TypeId {
        (self.vtable().type_id)()
    }

    /// The name of the value's type, for people.
    pub(crate) fn type_name(self) -> &'static str {
        (self.vtable().type_name)()
    }

    /// The size of the value in bytes.
    pub(crate) fn size_of_value(self) -> usize {
        // SAFETY: the vtable was made for the type of this value.
        unsafe { (self.vtable().size_of_value)(self) }
    }

    /// Reports the edges of the value; none if it is not readable.
    ///
    /// Runs user code: hand-written `trace` implementations may panic.
    #[inline]
    pub(crate) fn trace(self, edges: &mut EdgeBuffer) {
        edges.start();
        // SAFETY: the vtable was made for this value.
        unsafe { (self.vtable().trace_all)(&[self], edges, &mut [0]) };
        if edges.has_put_off() {
            edges.catch_up();
        }
    }

    /// Reports the edges of all `objects` to an empty buffer, and notes up to where in it
    /// those of each lie; returns the flags that any of them had before, if it had
    /// a [notable](Flags::NOTABLE) one.
    ///
    /// Runs user code, as [`trace`](ObjPtr::trace).
    #[inline]
    pub(crate) fn trace_all(
        mut objects: &[ObjPtr],
        edges: &mut EdgeBuffer,
        ends: &mut [usize],
    ) -> Flags {
        let (all, all_ends) = (objects, ends);
        let mut ends = &mut *all_ends;
        let mut all_flags = Flags::NONE;
        edges.start();
        while let Some(first) = objects.first() {
            // SAFETY: the vtable was made for the first of these values.
            let Run { count, flags } = unsafe { (first.vtable().trace_all)(objects, edges, ends) };
            all_flags = all_flags.union(flags);
            objects = &objects[count..];
            ends = &mut ends[count..];
        }
        if edges.has_put_off() {
            trace_each(all, edges, all_ends);
        }
        all_flags
    }

    /// Drops the values of all `objects` from number `dropped` on, and counts
    /// each there before it is dropped.
    ///
    /// Runs user code, as [`drop_value`](ObjPtr::drop_value).
    ///
    /// # Safety
    ///
    /// As for [`drop_value`](ObjPtr::drop_value), for each of them.
    #[inline]
    pub(crate) unsafe fn drop_values(objects: &[ObjPtr], dropped: &Cell<usize>) {
        while let Some(rest) = objects.get(dropped.get()..)
            && let Some(first) = rest.first()
        {
            // SAFETY: the vtable was made for the first of these values; the rest is
            // promised by the caller.
            unsafe { (first.vtable().drop_all)(rest, dropped) };
        }
    }

    /// Whether dropping the value runs no user code.
    pub(crate) fn drops_quietly(self) -> bool {
        (self.vtable().drops_quietly)()
    }

    /// As [`trace`](ObjPtr::trace), with the names of the edges.
    #[inline]
    pub(crate) fn trace_labelled(self, edges: &mut LabelledEdges) {
        if self.is_readable() {
            edges.edges.start();
            // SAFETY: the vtable was made for this value; it is readable.
            unsafe { (self.vtable().trace_labelled)(self, edges) }
            if edges.edges.has_put_off() {
                edges.catch_up();
            }
        }
    }

    /// The bytes that the value owns elsewhere in memory, as far as it is known; `scale` is for
    /// weighing.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(crate) fn weigh(self, scale: &mut LabelledEdges) -> usize {
        scale.names.owned = 0;
        scale.names.sample = SAMPLE;
        self.trace_labelled(scale);
        scale.edges.clear();
        scale.names.owned
    }

    /// Whether heap tools show values of the type as text.
    #[cfg(feature = "inspect")]
    pub(crate) fn has_text(self) -> bool {
        // SAFETY: the vtable was made for this value, which is not looked at.
        unsafe { (self.vtable().describe)(self, None) }.is_some()
    }

    /// Writes that text; nothing if the value is not readable.
    ///
    /// Runs user code, which may do anything: hold a handle.
    #[cfg(feature = "inspect")]
    pub(crate) fn describe(self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.is_readable() {
            return Ok(());
        }
        // SAFETY: the vtable was made for this value; it is readable.
        unsafe { (self.vtable().describe)(self, Some(f)) }.unwrap_or(Ok(()))
    }

    /// Whether the type has a finalizer.
    #[cfg(feature = "inspect")]
    pub(crate) fn has_finalizer(self) -> bool {
        (self.vtable().has_finalizer)()
    }

    /// Whether the finalizer ran.
    pub(crate) fn is_finalized(self) -> bool {
        (self.vtable().has_finalizer)() && !self.has(Flags::UNFINALIZED)
    }

    /// Whether the finalizer is to run, if there is one. It counts as run from now on.
    pub(crate) fn take_finalizer(self) -> bool {
        let is_due = self.has(Flags::UNFINALIZED) && self.is_readable();
        if is_due {
            self.clear(Flags::UNFINALIZED);
        }
        is_due
    }

    /// Runs the finalizer, which was [taken](ObjPtr::take_finalizer).
    ///
    /// Runs user code, which may do anything, drop this object included: hold a
    /// handle.
    pub(crate) fn run_finalizer(self) {
        debug_assert!(self.is_readable());
        // SAFETY: the vtable was made for this value; it is readable.
        unsafe { (self.vtable().finalize)(self) }
    }

    /// Drops the value in place.
    ///
    /// Runs user code: the `Drop` of foreign values, and of everything whose
    /// last handle the value held.
    ///
    /// # Safety
    ///
    /// The object [is dead](ObjPtr::is_dead), its value was not dropped before,
    /// and nobody holds a reference to it.
    #[inline]
    pub(crate) unsafe fn drop_value(self) {
        debug_assert!(self.is_dead());
        // SAFETY: the vtable was made for this value, which is still there; by
        // the precondition it is not used again.
        unsafe { (self.vtable().drop_value)(self) }
    }
}
