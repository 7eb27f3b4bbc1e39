//! A document object model that threads share: they search it, and change it where they are.
//!
//! Elements have children, texts and listeners, and refer to their parents. A listener belongs to an
//! element and refers to the one that it informs: the element itself or its parent, as the parts of a
//! widget inform the widget. So nearly every element lies on several cycles.
//!
//! What is moved loses its listeners. They inform the old parent, and plain handles would keep that after it
//! was removed: each removed element would keep those that were removed before, more and more of them.
//!
//! # Invariants
//!
//! While nobody holds the lock of an element's children, these are the elements whose parent it is: both
//! are changed under this lock. No element is above itself: only [`Editor::transfer`] gives an element that
//! other threads know a new parent, one at a time in the whole document, and looks before.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use std::{iter, mem};

use fastrand::Rng;

use crate::library::{Elements, read, write};
use crate::timing::each;
use crate::waits::lock;

/// How many levels there are below the root, and how many children an element has. Some exceed that, after
/// a transfer, or if two threads insert at once.
const DEPTH: usize = 6;
const CHILDREN: usize = 12;
/// How many children the root has. They stay.
const SECTIONS: usize = 16;
/// How many fragments are inserted before the threads begin, and how many parts each of them has.
const FRAGMENTS: usize = 1000;
const PARTS: usize = 3;
/// How many texts an element has.
const TEXTS: usize = 2;
/// How many listeners an element has at most; the oldest one makes room.
const LISTENERS: usize = 4;
/// The number of the root.
const ROOT: u64 = 0;

/// Edits one document on so many threads: the processor time of a thread, see [`each`].
pub(crate) fn edit<L: Elements>(threads: usize, times: usize) -> Option<Duration> {
    let document = Document::<L>::new();
    let taken = each(threads, |thread| {
        Editor::new(&document, thread).edit(times);
        L::collect();
    });
    drop(document);
    L::collect();
    taken
}

/// A document.
struct Document<L: Elements> {
    root: L::Element,
    /// Held while an element is moved, as file systems have a lock for folders that are renamed.
    transfers: Mutex<()>,
    /// How many editors there were, which number their elements from different numbers on.
    editors: AtomicU64,
}

impl<L: Elements> Document<L> {
    /// A document as the threads find it.
    fn new() -> Document<L> {
        let root = L::element(ROOT, Vec::new());
        let document = Document { root, transfers: Mutex::new(()), editors: AtomicU64::new(0) };
        let mut editor = Editor::new(&document, 42);
        for _ in 0..SECTIONS {
            attach::<L>(&document.root, editor.element());
        }
        for _ in 0..FRAGMENTS {
            let place = editor.find();
            editor.insert(&place);
        }
        document
    }
}

/// Where an element was when it was found: so many levels below the root.
struct Place<L: Elements> {
    element: L::Element,
    depth: usize,
}

/// What one thread does to a document.
struct Editor<'d, L: Elements> {
    document: &'d Document<L>,
    rng: Rng,
    /// The number of the element that it made last.
    last: u64,
}

impl<'d, L: Elements> Editor<'d, L> {
    fn new(document: &'d Document<L>, seed: u64) -> Editor<'d, L> {
        let last = document.editors.fetch_add(1, Relaxed) << 32;
        Editor { document, rng: Rng::with_seed(seed), last }
    }

    /// Does so many random steps.
    fn edit(&mut self, times: usize) {
        for _ in 0..times {
            let place = self.find();
            match self.rng.u8(..16) {
                0 | 1 => self.insert(&place),
                2 => remove(&place),
                3 => {
                    let target = self.find();
                    self.transfer(&place, &target);
                }
                4 | 5 => self.listen(&place),
                6 => ignore(&place),
                7 | 8 => self.rewrite(&place),
                _ => dispatch(&place),
            }
        }
    }

    /// Walks down from the root, to no particular element.
    fn find(&mut self) -> Place<L> {
        let mut place = Place { element: self.document.root.clone(), depth: 0 };
        while place.depth < DEPTH && (place.depth == 0 || self.rng.u8(..4) > 0) {
            let children = read(L::children(&place.element));
            let Some(child) = self.rng.choice(children.iter()).cloned() else { break };
            drop(children);
            place = Place { element: child, depth: place.depth + 1 };
        }
        place
    }

    /// Inserts a fragment: an element, and parts that inform it.
    fn insert(&mut self, place: &Place<L>) {
        if !has_room(place) {
            return;
        }
        let fragment = self.element();
        for _ in 0..PARTS {
            let part = self.element();
            lock(L::listeners(&part)).push(L::back(&fragment));
            attach::<L>(&fragment, part);
        }
        attach::<L>(&place.element, fragment);
    }

    /// Moves an element, with all below it, to where `target` is, without its listeners.
    fn transfer(&mut self, place: &Place<L>, target: &Place<L>) {
        if place.depth < 2 || !has_room(target) {
            return;
        }
        let transfers = lock(&self.document.transfers);
        let way: Vec<u64> = way_up::<L>(&target.element).map(|above| L::id(&above)).collect();
        let is_here = way.last() == Some(&ROOT);
        if is_here && !way.contains(&L::id(&place.element)) && detach::<L>(&place.element) {
            let listeners = mem::take(&mut *lock(L::listeners(&place.element)));
            drop(listeners);
            attach::<L>(&target.element, place.element.clone());
        }
        drop(transfers);
    }

    /// Adds a listener that informs the element or its parent.
    fn listen(&mut self, place: &Place<L>) {
        let levels = self.rng.usize(..2);
        let Some(target) = way_up::<L>(&place.element).nth(levels) else { return };
        let mut listeners = lock(L::listeners(&place.element));
        let oldest = (listeners.len() >= LISTENERS).then(|| listeners.remove(0));
        listeners.push(L::back(&target));
        drop(listeners);
        drop(oldest);
    }

    /// Changes a text.
    fn rewrite(&mut self, place: &Place<L>) {
        let new = self.text();
        if let Some(text) = lock(L::texts(&place.element)).first_mut() {
            *text = new;
        }
    }

    fn element(&mut self) -> L::Element {
        self.last += 1;
        let texts = (0..TEXTS).map(|_| self.text()).collect();
        L::element(self.last, texts)
    }

    fn text(&mut self) -> String {
        self.rng.u32(..).to_string()
    }
}

/// Whether a fragment fits below the element.
fn has_room<L: Elements>(place: &Place<L>) -> bool {
    place.depth + 2 <= DEPTH && read(L::children(&place.element)).len() < CHILDREN
}

/// Removes the element, with all below it, unless it belongs to the frame of the document.
fn remove<L: Elements>(place: &Place<L>) {
    if place.depth >= 2 {
        detach::<L>(&place.element);
    }
}

/// Removes the newest listener.
fn ignore<L: Elements>(place: &Place<L>) {
    let newest = lock(L::listeners(&place.element)).pop();
    drop(newest);
}

/// Informs what listens to the element, and to those above it.
fn dispatch<L: Elements>(place: &Place<L>) {
    for element in way_up::<L>(&place.element) {
        for listener in &*lock(L::listeners(&element)) {
            black_box(L::with_target(listener, |target| lock(L::texts(target)).len()));
        }
    }
}

/// The element and those above it.
fn way_up<L: Elements>(element: &L::Element) -> impl Iterator<Item = L::Element> {
    iter::successors(Some(element.clone()), parent::<L>)
}

fn parent<L: Elements>(element: &L::Element) -> Option<L::Element> {
    lock(L::parent(element)).as_ref().and_then(|parent| L::with_target(parent, Clone::clone))
}

/// Makes an element that has no parent the last child.
fn attach<L: Elements>(parent: &L::Element, child: L::Element) {
    let mut children = write(L::children(parent));
    *lock(L::parent(&child)) = Some(L::back(parent));
    children.push(child);
}

/// Takes an element out of the children of its parent, unless another thread was faster.
fn detach<L: Elements>(element: &L::Element) -> bool {
    let Some(parent) = parent::<L>(element) else { return false };
    let mut children = write(L::children(&parent));
    let place = children.iter().position(|child| L::id(child) == L::id(element));
    let child = place.map(|place| children.remove(place));
    if child.is_some() {
        *lock(L::parent(element)) = None;
    }
    drop(children);
    child.is_some()
}

#[cfg(test)]
mod tests;
