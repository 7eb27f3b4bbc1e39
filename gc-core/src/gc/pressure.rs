//! [`Pressure`]: memory that only the program knows of.

use core::marker::PhantomData;

use crate::memory::heap::Heap;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::tracer::{LabelTracer, Tracer};

/// Tells the collector of memory that the program holds elsewhere, as long as the guard lives;
/// see [`add_pressure`].
#[derive(Debug)]
pub struct Pressure {
    bytes: usize,
    of_this_thread: PhantomData<*const ()>,
}

/// Counts `bytes` of memory that the collector cannot know of, such as a texture of a graphics
/// card or a buffer of a C library, until the guard is dropped.
///
/// Put the guard beside the handle of that memory, in the object that owns it. An automatic
/// collection starts before the next object is made when too many such bytes were added:
/// 1 MiB, or half of what is in use if that is more, for a young collection, and as much as
/// was in use after the last full one for the next full one. Exact
/// [thresholds](crate::gc::set_threshold) are not affected.
///
/// The buffers of `Vec`, `String` and the other containers of std need no guard: a few objects
/// are weighed now and then to find out how much they own.
///
/// ```
/// use gcycle::{Gc, Trace, gc};
///
/// #[derive(Trace)]
/// struct Texture {
///     number: u32,
///     memory: gc::Pressure,
/// }
///
/// let texture = Gc::new(Texture { number: 7, memory: gc::add_pressure(4 << 20) });
/// assert_eq!(texture.memory.bytes(), 4 << 20);
/// # assert_eq!(texture.number, 7);
/// ```
#[must_use = "the bytes are counted until the guard is dropped"]
pub fn add_pressure(bytes: usize) -> Pressure {
    Heap::current().add_external(bytes);
    Pressure { bytes, of_this_thread: PhantomData }
}

impl Pressure {
    /// The bytes that are counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Changes the bytes that are counted.
    pub fn set_bytes(&mut self, bytes: usize) {
        let heap = Heap::current();
        heap.subtract_external(self.bytes);
        heap.add_external(bytes);
        self.bytes = bytes;
    }
}

impl Drop for Pressure {
    fn drop(&mut self) {
        Heap::current().subtract_external(self.bytes);
    }
}

// SAFETY: nothing is reported, created, changed or looked at.
unsafe impl Trace for Pressure {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn trace_labelled(&self, _: &mut LabelTracer<'_>) {}

    #[inline]
    fn tracked() -> bool {
        false
    }

    #[inline]
    fn drops_quietly(_: Ask) -> bool {
        true
    }

    #[inline]
    fn traces_plainly(_: Ask) -> bool {
        true
    }
}

impl Acyclic for Pressure {}
