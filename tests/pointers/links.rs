//! Fields that refer to another object: `Link`.

use std::cell::RefCell;
use std::mem::size_of;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::{Finalize, Gc, Link, Trace, Untraced, gc, unsize};

use crate::kinds::{Drops, Watched};

#[derive(Trace)]
struct Node {
    next: Link<Node>,
    previous: Link<Node>,
    name: &'static str,
    watched: Untraced<Watched>,
}

fn node(name: &'static str, drops: &Drops) -> Gc<Node> {
    let watched = Untraced(drops.watch());
    Gc::new(Node { next: Link::empty(), previous: Link::default(), name, watched })
}

fn ring(drops: &Drops) -> (Gc<Node>, Gc<Node>) {
    let (a, b) = (node("a", drops), node("b", drops));
    a.next.set(Some(b.clone()));
    b.previous.set(Some(a.clone()));
    (a, b)
}

/// The number of candidates that a full collection starts from. It leaves none.
fn candidates() -> u64 {
    let counted = || gc::get_stats()[2].candidates;
    let before = counted();
    gc::collect();
    counted() - before
}

#[test]
fn a_link_is_read_in_place_set_replaced_and_taken() {
    let drops = Drops::new();
    let (a, b) = (node("a", &drops), node("b", &drops));
    let link = Link::new(a.clone());
    assert_eq!(size_of::<Link<Node>>(), size_of::<usize>());
    assert_eq!(link.get().map(|node| node.name), Some("a"));
    assert_eq!(link.with(|node| node.map(|node| node.name)), Some("a"));
    assert!(link.is(&a) && !link.is(&b) && link.is_some() && !link.is_none());
    assert_eq!(Gc::strong_count(&a), 2);
    assert!(link.replace(Some(b.clone())).is_some_and(|old| Gc::ptr_eq(&old, &a)));
    let copy = link.clone();
    assert_eq!((Gc::strong_count(&a), Gc::strong_count(&b)), (1, 3));
    assert!(link.take().is_some() && link.is_none() && link.get().is_none() && !link.is(&b));
    assert_eq!(link.with(|node| node.map(|node| node.name)), None);
    assert!(copy.into_inner().is_some_and(|node| Gc::ptr_eq(&node, &b)));
    link.set(Some(b.clone()));
    drop((link, b, a));
    assert_eq!(drops.count(), 2);
}

#[test]
fn links_in_both_directions_are_collected() {
    let drops = Drops::new();
    let (a, b) = ring(&drops);
    assert_eq!(b.previous.with(|node| node.map(|node| node.name)), Some("a"));
    drop((a, b));
    assert_eq!((gc::collect(), drops.count()), (2, 2));
}

#[test]
fn a_link_is_shown_without_its_target() {
    let link = Link::from(Gc::new(Untraced(0)));
    assert_eq!(format!("{link:?}"), "Link(..)");
    link.set(None);
    assert_eq!(format!("{link:?}"), "Link(None)");
    let wide: Link<dyn Fn(&u8) -> u8> = Link::new(Gc::new_closure((), |(): &(), n: &u8| *n));
    assert_eq!(wide.with(|function| function.map(|function| function(&3))), Some(3));
    let text: Link<[u8]> = Link::from(Some(unsize!(Gc::new([1, 2]) => [u8])));
    assert_eq!(text.with(|text| text.map(<[u8]>::len)), Some(2));
}

#[test]
fn looking_through_a_link_makes_no_candidate() {
    let drops = Drops::new();
    let (a, b) = ring(&drops);
    candidates();
    assert_eq!(candidates(), 0);
    assert_eq!(a.next.with(|next| next.map(|next| next.name)), Some("b"));
    let nested = a.next.with(|b| b.and_then(|b| b.previous.with(|a| a.map(|a| a.name))));
    assert_eq!((nested, candidates()), (Some("a"), 0));
    // A handle that is dropped does.
    drop(a.next.get());
    assert_eq!(candidates(), 1);
    drop((a, b));
    assert_eq!((gc::collect(), drops.count()), (2, 2));
}

#[test]
fn garbage_that_was_looked_at_while_a_collection_ran_is_found() {
    let drops = Drops::new();
    let (a, b) = ring(&drops);
    a.next.with(|_| gc::collect());
    b.previous.with(|node| {
        gc::collect();
        node.map(|node| node.next.with(|_| gc::collect()))
    });
    drop(b);
    a.next.with(|b| b.map(|b| b.previous.with(|_| gc::collect())));
    drop(a);
    assert_eq!((gc::collect(), drops.count()), (2, 2));
}

#[test]
fn what_is_looked_at_survives_setting_its_link() {
    let drops = Drops::new();
    let (a, b) = (node("a", &drops), node("b", &drops));
    a.next.set(Some(b));
    let name = a.next.with(|next| {
        a.next.set(None);
        gc::collect();
        assert_eq!((drops.count(), a.next.is_none()), (0, true));
        next.map(|next| next.name)
    });
    assert_eq!((name, drops.count()), (Some("b"), 1));
    // Set to another and back, with a collection in between.
    let (c, d) = (node("c", &drops), node("d", &drops));
    c.next.set(Some(c.clone()));
    a.next.set(Some(c));
    a.next.with(|next| {
        let c = a.next.replace(Some(d.clone()));
        gc::collect();
        a.next.set(c);
        assert_eq!(next.map(|next| next.name), Some("c"));
    });
    drop(a);
    assert_eq!((gc::collect(), drops.count()), (1, 3));
    // A cycle that is cut off while it is looked at.
    let (a, b) = ring(&drops);
    let entry = node("entry", &drops);
    entry.next.set(Some(a));
    drop(b);
    entry.next.with(|_| {
        entry.next.set(None);
        gc::collect();
        assert_eq!(drops.count(), 3);
    });
    assert_eq!((gc::collect(), drops.count()), (2, 5));
}

#[test]
fn what_is_looked_at_is_shared() {
    let link = Link::new(Gc::new(5));
    link.with(|five| {
        let mut taken = link.take().expect("it is there");
        assert!(Gc::get_mut(&mut taken).is_none());
        let taken = Gc::try_unwrap(taken).expect_err("it is shared");
        assert_eq!((five, Gc::strong_count(&taken)), (Some(&5), 2));
        link.set(Some(taken));
    });
    assert_eq!(link.get().map(|five| Gc::strong_count(&five)), Some(2));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_while_a_link_is_looked_through_gives_the_handle_back() {
    let drops = Drops::new();
    let (a, b) = ring(&drops);
    let look = |empty: bool| {
        catch_unwind(AssertUnwindSafe(|| {
            a.next.with(|_| {
                if empty {
                    a.next.set(None);
                }
                panic!("as the test wants")
            })
        }))
    };
    assert!(look(false).is_err());
    assert_eq!(Gc::strong_count(&b), 2);
    assert!(look(true).is_err());
    assert_eq!(Gc::strong_count(&b), 1);
}

#[test]
fn the_drop_of_an_old_target_sees_the_new_one() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Looks {
        owner: Gc<Link<Looks>>,
        seen: Gc<RefCell<Vec<bool>>>,
    }
    impl Finalize for Looks {
        fn finalize(&self) {
            self.seen.borrow_mut().push(self.owner.is_some());
            let again = self.owner.with(|looks| looks.is_some());
            self.seen.borrow_mut().push(again);
            self.owner.set(None);
        }
    }
    let (owner, seen): (Gc<Link<Looks>>, Gc<RefCell<Vec<bool>>>) = Default::default();
    let looks = || Some(Gc::new(Looks { owner: owner.clone(), seen: seen.clone() }));
    owner.set(looks());
    owner.set(looks());
    assert_eq!(seen.take(), [true, true, false, false]);
    assert!(owner.is_none());
    owner.set(looks());
    owner.set(None);
    assert_eq!(seen.take(), [false, false]);
}

#[test]
fn a_finalizer_looks_through_the_links_of_garbage() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Twin {
        other: Link<Twin>,
        saved: Gc<Link<Twin>>,
        saves: bool,
    }
    impl Finalize for Twin {
        fn finalize(&self) {
            self.other.with(|other| assert!(other.is_some_and(|other| other.other.is_some())));
            if self.saves {
                self.saved.set(self.other.get());
            }
        }
    }
    for saves in [false, true] {
        let saved: Gc<Link<Twin>> = Gc::default();
        let twin = || Gc::new(Twin { other: Link::empty(), saved: saved.clone(), saves });
        let (a, b) = (twin(), twin());
        a.other.set(Some(b.clone()));
        b.other.set(Some(a.clone()));
        drop((a, b));
        assert_eq!(gc::collect(), if saves { 0 } else { 2 });
        let again = saved.with(|twin| twin.is_some_and(|twin| twin.other.is_some()));
        assert_eq!(again, saves);
        saved.set(None);
        assert_eq!(gc::collect(), if saves { 2 } else { 0 });
    }
}

#[test]
fn a_long_list_of_links_is_dropped_on_a_small_stack() {
    let drops = Drops::new();
    let length = if cfg!(miri) { 200 } else { 100_000 };
    let mut first = node("last", &drops);
    for _ in 1..length {
        let before = node("inner", &drops);
        before.next.set(Some(first));
        first = before;
    }
    drop(first);
    assert_eq!(drops.count(), length);
}
