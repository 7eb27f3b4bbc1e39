//! Every library makes the same document of the same steps, and threads leave it whole.

use std::collections::HashSet;
use std::thread;

use crate::document::{Document, Editor, Place, ROOT, parent, way_up};
use crate::library::{ArcAndWeak, Dumpster, Elements, Gcycle, read, turn};
use crate::waits::lock;

/// Calls `look` for each element of the document, from the root down.
fn each_element<L: Elements>(document: &Document<L>, mut look: impl FnMut(&L::Element)) {
    let mut open = vec![document.root.clone()];
    while let Some(element) = open.pop() {
        look(&element);
        open.extend(read(L::children(&element)).iter().cloned());
    }
}

/// A number that depends on all that is in the document, and on nothing else.
fn checksum<L: Elements>(document: &Document<L>) -> u64 {
    let mut sum = 0_u64;
    let mut add =
        |number: u64| sum = (sum.rotate_left(7) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    each_element(document, |element| {
        add(L::id(element));
        add(parent::<L>(element).map_or(0, |parent| L::id(&parent)));
        add(read(L::children(element)).len() as u64);
        for text in &*lock(L::texts(element)) {
            text.bytes().for_each(|byte| add(byte.into()));
        }
        for listener in &*lock(L::listeners(element)) {
            let target = L::with_target(listener, present::<L>).flatten();
            add(target.expect("no listener keeps what was removed"));
        }
    });
    sum
}

/// The number of the element, if it is in the document.
fn present<L: Elements>(element: &L::Element) -> Option<u64> {
    let top = way_up::<L>(element).last()?;
    (L::id(&top) == ROOT).then(|| L::id(element))
}

fn edited<L: Elements>() -> Vec<u64> {
    let document = Document::<L>::new();
    let mut sums = vec![checksum(&document)];
    for seed in 0..4 {
        Editor::new(&document, seed).edit(5000);
        L::collect();
        sums.push(checksum(&document));
    }
    sums
}

#[test]
fn on_one_thread_all_libraries_make_the_same_document() {
    let _turn = turn();
    let sums = edited::<Gcycle>();
    assert!(sums.is_sorted_by(|one, next| one != next), "each round changes it: {sums:?}");
    assert_eq!(edited::<ArcAndWeak>(), sums);
    assert_eq!(edited::<Dumpster>(), sums);
}

fn check_threads<L: Elements>() {
    let document = Document::<L>::new();
    let mut before = Vec::new();
    each_element(&document, |element| before.push(element.clone()));
    thread::scope(|scope| {
        for seed in 0..2 {
            let document = &document;
            scope.spawn(move || Editor::new(document, seed).edit(5000));
        }
    });
    L::collect();
    let mut seen = HashSet::new();
    each_element(&document, |element| {
        assert!(seen.insert(L::id(element)), "{} has two parents", L::id(element));
        for child in &*read(L::children(element)) {
            let parent = parent::<L>(child).map(|parent| L::id(&parent));
            assert_eq!(parent, Some(L::id(element)), "the parent of {}", L::id(child));
        }
    });
    for element in &before {
        let is_here = present::<L>(element).is_some();
        assert_eq!(is_here, seen.contains(&L::id(element)), "{} was removed", L::id(element));
    }
    assert!((1000..20_000).contains(&seen.len()), "{} elements", seen.len());
}

/// Not with dumpster, whose collections may wait for themselves then.
#[test]
fn several_threads_leave_each_element_with_one_parent() {
    check_threads::<Gcycle>();
    check_threads::<ArcAndWeak>();
}

#[test]
fn an_element_is_not_moved_below_itself() {
    let document = Document::<ArcAndWeak>::new();
    let first = |element| read(ArcAndWeak::children(element))[0].clone();
    let section = first(&document.root);
    let fragment = Place { element: first(&section), depth: 2 };
    let part = Place { element: first(&fragment.element), depth: 3 };
    Editor::new(&document, 0).transfer(&fragment, &part);
    let parent = parent::<ArcAndWeak>(&fragment.element).expect("it stays where it is");
    assert_eq!(ArcAndWeak::id(&parent), ArcAndWeak::id(&section));
}
