//! Heaps to look at.

use std::cell::RefCell;

use gcycle::inspect::HeapSnapshot;
use gcycle::{Gc, Trace};

/// An object with any number of edges.
#[derive(Trace)]
pub(crate) struct Vertex {
    pub(crate) edges: RefCell<Vec<Gc<Vertex>>>,
}

/// A `Vertex` without edges.
pub(crate) fn vertex() -> Gc<Vertex> {
    Gc::new(Vertex { edges: RefCell::default() })
}

/// A linked list.
#[derive(Trace)]
pub(crate) struct List {
    pub(crate) next: Option<Gc<List>>,
}

/// A list of so many objects.
pub(crate) fn list(len: usize) -> Gc<List> {
    let mut head = Gc::new(List { next: None });
    for _ in 1..len {
        head = Gc::new(List { next: Some(head) });
    }
    head
}

/// An object that may refer to another, and to itself.
#[derive(Trace)]
pub(crate) struct Ring {
    pub(crate) next: RefCell<Option<Gc<Ring>>>,
}

/// A ring of so many objects, of which one is returned.
pub(crate) fn ring(len: usize) -> Gc<Ring> {
    let members: Vec<_> = (0..len).map(|_| Gc::new(Ring { next: RefCell::default() })).collect();
    for (place, member) in members.iter().enumerate() {
        *member.next.borrow_mut() = Some(members[(place + 1) % len].clone());
    }
    members[0].clone()
}

/// Numbers that look random and are the same each time.
pub(crate) struct Random(pub u64);

impl Random {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A heap of random shape: some objects held, some reachable, some garbage.
/// Returns what holds it.
pub(crate) fn random_heap(random: &mut Random) -> Vec<Gc<Vertex>> {
    let count = 1 + random.below(40);
    let vertices: Vec<_> = (0..count).map(|_| vertex()).collect();
    let edges = random.below(count * 3);
    for _ in 0..edges {
        let target = vertices[random.below(count)].clone();
        vertices[random.below(count)].edges.borrow_mut().push(target);
    }
    let held = random.below(5);
    (0..held).map(|_| vertices[random.below(count)].clone()).collect()
}

/// Runs `test` on a thread of its own, whose heap is empty.
pub(crate) fn on_empty_heap<R: Send + 'static>(test: impl FnOnce() -> R + Send + 'static) -> R {
    std::thread::spawn(test).join().unwrap()
}

/// The objects of a snapshot as a graph of positions.
pub(crate) struct Graph {
    pub(crate) edges: Vec<Vec<usize>>,
    pub(crate) is_root: Vec<bool>,
    /// What each takes on the heap and elsewhere.
    pub(crate) bytes: Vec<usize>,
}

impl Graph {
    /// Reads it off the public interface.
    pub(crate) fn of(snapshot: &HeapSnapshot) -> Graph {
        let ids: Vec<_> = snapshot.objects().map(gcycle::inspect::ObjectInfo::id).collect();
        let place = |id| ids.binary_search(&id).unwrap();
        Graph {
            edges: snapshot
                .objects()
                .map(|object| object.referents().map(|edge| place(edge.target().id())).collect())
                .collect(),
            is_root: snapshot.objects().map(gcycle::inspect::ObjectInfo::is_root).collect(),
            bytes: snapshot.objects().map(|object| object.bytes() + object.owned()).collect(),
        }
    }

    /// What is reachable from `starts` without `gone`.
    pub(crate) fn reachable(&self, starts: &[usize], gone: Option<usize>) -> Vec<bool> {
        let mut is_reached = vec![false; self.edges.len()];
        let mut pending: Vec<usize> =
            starts.iter().copied().filter(|&start| Some(start) != gone).collect();
        while let Some(object) = pending.pop() {
            if !std::mem::replace(&mut is_reached[object], true) {
                let targets = self.edges[object].iter().copied();
                pending.extend(targets.filter(|&target| Some(target) != gone));
            }
        }
        is_reached
    }

    /// The positions of the roots.
    pub(crate) fn roots(&self) -> Vec<usize> {
        (0..self.edges.len()).filter(|&object| self.is_root[object]).collect()
    }

    /// Where garbage is entered: members of those components without roots
    /// that no other garbage leads into.
    pub(crate) fn garbage_entries(&self) -> Vec<usize> {
        let live = self.reachable(&self.roots(), None);
        let reach: Vec<Vec<bool>> =
            (0..self.edges.len()).map(|object| self.reachable(&[object], None)).collect();
        let is_entry = |object: usize| {
            !live[object]
                && (0..self.edges.len())
                    .filter(|&other| !live[other] && reach[other][object])
                    .all(|other| reach[object][other])
        };
        (0..self.edges.len()).filter(|&object| is_entry(object)).collect()
    }
}
