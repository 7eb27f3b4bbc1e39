//! The objects on the heap and their references to each other, as handles.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::collect::death::looking;
use crate::memory::walk::visible_objects;
use crate::object::edges::EdgeBuffer;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;
use crate::pointer::erased::Object;

/// The tracked objects of one generation, or of all three; no permanent ones.
pub(crate) fn objects_in(wanted: Option<Generation>) -> Vec<Object> {
    visible_objects()
        .filter(|&(_, generation)| {
            generation.is_some() && (wanted.is_none() || generation == wanted)
        })
        .map(|(object, _)| Object::new(object))
        .collect()
}

/// The tracked objects that refer to any of `targets`, each once.
///
/// Runs user code: hand-written `trace` implementations.
pub(crate) fn referrers(targets: &[Object]) -> Vec<Object> {
    let targets: BTreeSet<ObjPtr> = targets.iter().map(Object::as_ptr).collect();
    let mut edges = EdgeBuffer::new();
    let refers = |object: &Object| {
        edges.clear();
        object.as_ptr().trace(&mut edges);
        edges.targets().iter().any(|target| targets.contains(target))
    };
    // All objects are held before user code runs.
    let mut objects = objects_in(None);
    looking(|| objects.retain(refers));
    objects
}

/// The objects that `owners` refer to, one entry for each edge.
///
/// Runs user code: hand-written `trace` implementations.
pub(crate) fn referents(owners: &[Object]) -> Vec<Object> {
    let mut edges = EdgeBuffer::new();
    // The targets are held before anything dies.
    looking(|| {
        for owner in owners {
            owner.as_ptr().trace(&mut edges);
        }
        let targets = edges.targets().iter().filter(|target| target.is_readable());
        targets.map(|&target| Object::new(target)).collect()
    })
}
