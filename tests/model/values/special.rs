//! Weak handles with a callback, weak maps, closures, objects that know
//! themselves, and objects that `get_mut` lends.

use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr;

use gcycle::{Closure, Gc, Trace, Tracer, Untraced};

use super::handle::{AnyWeak, Handle};
use super::log::{SharedLog, Tag, next_id, open};
use super::{Acyclic, Body, Finalized, Id, Leaf, Recipe, Shape};

/// What a weak map attaches to an object.
pub(crate) struct Attached {
    target: Handle,
    #[expect(dead_code, reason = "it tells when it is dropped")]
    tag: Untraced<Tag>,
}

// SAFETY: owns one handle, and reports it once.
unsafe impl Trace for Attached {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.target.trace(tracer);
    }
}

/// A handle as it would be if it were one to any type.
pub(super) struct AliasOf<'a> {
    // Not counted, and never dropped.
    key: ManuallyDrop<Gc<dyn Trace>>,
    original: PhantomData<&'a ()>,
}

impl<'a> AliasOf<'a> {
    pub(super) fn new<T>(original: &'a Gc<T>, convert: fn(Gc<T>) -> Gc<dyn Trace>) -> Self {
        // SAFETY: the copy is never dropped, and lives no longer than the
        // original, which counts.
        let copy = unsafe { ptr::read(original) };
        AliasOf { key: ManuallyDrop::new(convert(copy)), original: PhantomData }
    }
}

impl Deref for AliasOf<'_> {
    type Target = Gc<dyn Trace>;

    fn deref(&self) -> &Gc<dyn Trace> {
        &self.key
    }
}

/// A value that knows when it is lent.
pub(super) trait Lend {
    /// What of it knows, if anything does.
    fn is_lent(&mut self) -> Option<&mut Cell<bool>>;

    /// Nobody else may look at the value as long as the result lives.
    fn lend(&mut self) -> Lent<'_> {
        let is_lent = self.is_lent().map(|cell| &*cell);
        if let Some(is_lent) = is_lent {
            is_lent.set(true);
        }
        Lent(is_lent)
    }
}

/// The value is lent.
pub(super) struct Lent<'a>(Option<&'a Cell<bool>>);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(is_lent) = self.0 {
            is_lent.set(false);
        }
    }
}

impl<P> Lend for Shape<P> {
    fn is_lent(&mut self) -> Option<&mut Cell<bool>> {
        Some(&mut self.body.is_lent)
    }
}

impl<P> Lend for Finalized<P> {
    fn is_lent(&mut self) -> Option<&mut Cell<bool>> {
        Some(&mut self.body.is_lent)
    }
}

impl Lend for Acyclic {
    fn is_lent(&mut self) -> Option<&mut Cell<bool>> {
        Some(&mut self.0.is_lent)
    }
}

impl Lend for Leaf {
    fn is_lent(&mut self) -> Option<&mut Cell<bool>> {
        None
    }
}

impl Lend for Closure<Body, fn(&Body) -> Id> {
    fn is_lent(&mut self) -> Option<&mut Cell<bool>> {
        None
    }
}

impl Handle {
    /// A weak handle that tells `log` when the object is gone.
    pub(crate) fn watch(&self, number: u32, log: &SharedLog) -> AnyWeak {
        let log = log.clone();
        self.downgrade_with(move || {
            open(&log).called.push(number);
            assert!(number % 8 != 7, "as the program asked");
        })
    }

    /// Gives the object a weak handle with a callback.
    pub(crate) fn store_watch(&self, watch: AnyWeak) {
        self.body().watches.borrow_mut().push(watch);
    }

    /// A closure that tells the number of the object it is in.
    pub(crate) fn make_closure(recipe: Recipe<'_>) -> Handle {
        let body = Body::new(next_id(recipe.log, recipe.kind), recipe);
        Handle::Closure(Gc::new(Closure::new(body, |body: &Body| body.tag.id)))
    }

    /// An object that owns a weak handle to itself. Runs `run` in between.
    pub(crate) fn make_cyclic(recipe: Recipe<'_>, run: impl FnOnce()) -> Handle {
        let id = next_id(recipe.log, recipe.kind);
        let body = Body::new(id, recipe);
        Handle::Small(Gc::new_cyclic(|weak| {
            run();
            if weak.upgrade().is_some() {
                let complaint = format!("{id} could be reached before it was there");
                open(recipe.log).complaints.push(complaint);
            }
            body.weaks.borrow_mut().push(AnyWeak::Small(weak.clone()));
            Shape { body, payload: Untraced(()) }
        }))
    }

    /// Attaches `target` to `key` in the weak map of this object.
    pub(crate) fn attach(&self, key: &Handle, target: Handle, recipe: Recipe<'_>) {
        let tag =
            Tag { id: next_id(recipe.log, recipe.kind), log: recipe.log.clone(), panics: false };
        let attached = Attached { target, tag: Untraced(tag) };
        drop(self.body().map.insert(&key.as_key(), attached));
    }

    /// Takes what is attached to `key` out of the weak map of this object.
    pub(crate) fn detach(&self, key: &Handle) -> bool {
        self.body().map.remove(&key.as_key()).is_some()
    }

    /// What is attached to `key` in the weak map of this object.
    pub(crate) fn look_up(&self, key: &Handle) -> Option<Handle> {
        let attached = self.body().map.get(&key.as_key())?;
        Some(attached.target.clone())
    }

    /// The number of entries in the weak map of this object.
    pub(crate) fn entries(&self) -> usize {
        self.view().map_or(0, |view| view.body.map.len())
    }
}
