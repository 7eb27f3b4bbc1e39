//! Finding objects in a snapshot.

use alloc::vec::Vec;
use core::any::TypeId;

use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{Edge, ObjectId, ObjectInfo};

impl HeapSnapshot {
    /// Object number `index`.
    pub(crate) fn object_at(&self, index: u32) -> ObjectInfo<'_> {
        ObjectInfo::at(self, index)
    }

    /// All objects, by address.
    pub fn objects(&self) -> impl DoubleEndedIterator<Item = ObjectInfo<'_>> + ExactSizeIterator {
        self.graph().indices().map(|index| self.object_at(index))
    }

    /// The object with this identity. You can pass a `&Gc<T>`, an
    /// [`Object`](crate::gc::Object), an [`ObjectInfo`] of this or another snapshot, or
    /// an [`ObjectId`].
    ///
    /// `None` if the object did not exist when the snapshot was taken.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let number = Gc::new(7_u64);
    /// let snapshot = HeapSnapshot::capture();
    /// let info = snapshot.get(&number).unwrap();
    /// assert_eq!((info.type_name(), info.size(), info.ref_count()), ("u64", 8, 1));
    ///
    /// assert!(snapshot.get(&Gc::new(8_u64)).is_none(), "it was made later");
    /// ```
    pub fn get(&self, id: impl Into<ObjectId>) -> Option<ObjectInfo<'_>> {
        self.graph().index_of(id.into().0).map(|index| self.object_at(index))
    }

    /// The objects with handles from outside the heap: in variables, in statics, or in
    /// values that are not traced.
    ///
    /// Everything that they reach is alive.
    pub fn roots(&self) -> impl Iterator<Item = ObjectInfo<'_>> {
        self.graph().roots().map(|index| self.object_at(index))
    }

    /// The objects that no root reaches: the garbage that the next full collection will
    /// find, and that which is [frozen](crate::gc::freeze). [`garbage`](HeapSnapshot::garbage)
    /// tells them apart.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, gc, inspect::HeapSnapshot};
    ///
    /// #[derive(Trace)]
    /// struct Ring(RefCell<Option<Gc<Ring>>>);
    ///
    /// let ring = Gc::new(Ring(RefCell::default()));
    /// *ring.0.borrow_mut() = Some(ring.clone());
    /// assert_eq!(HeapSnapshot::capture().unreachable().count(), 0);
    /// drop(ring);
    /// assert_eq!(HeapSnapshot::capture().unreachable().count(), 1);
    ///
    /// gc::collect();
    /// assert!(HeapSnapshot::capture().is_empty());
    /// ```
    pub fn unreachable(&self) -> impl Iterator<Item = ObjectInfo<'_>> {
        self.objects().filter(|object| !object.is_reachable())
    }

    /// The objects whose type name contains `pattern`.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let _list = Gc::new(vec![1]);
    /// let snapshot = HeapSnapshot::capture();
    /// assert_eq!(snapshot.find("Vec<i32>").count(), 1);
    /// ```
    pub fn find<'a>(&'a self, pattern: &str) -> impl Iterator<Item = ObjectInfo<'a>> + use<'a> {
        let types = self.graph().types.iter();
        let is_match: Vec<bool> = types.map(|known| known.name.contains(pattern)).collect();
        self.objects().filter(move |object| is_match[object.type_index()])
    }

    /// The objects whose value is a `T`.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let _number = Gc::new(1_u8);
    /// assert_eq!(HeapSnapshot::capture().of_type::<u8>().count(), 1);
    /// ```
    pub fn of_type<T: 'static>(&self) -> impl Iterator<Item = ObjectInfo<'_>> {
        let wanted = TypeId::of::<T>();
        let index = self.graph().types.iter().position(|known| known.id == wanted);
        self.objects().filter(move |object| index == Some(object.type_index()))
    }

    /// The edges that lead to an object; none if the snapshot does not contain it.
    pub fn referrers(&self, of: impl Into<ObjectId>) -> impl Iterator<Item = Edge<'_>> {
        self.get(of).into_iter().flat_map(ObjectInfo::referrers)
    }

    /// The edges that lead from an object; none if the snapshot does not contain it.
    pub fn referents(&self, of: impl Into<ObjectId>) -> impl Iterator<Item = Edge<'_>> {
        self.get(of).into_iter().flat_map(ObjectInfo::referents)
    }
}
