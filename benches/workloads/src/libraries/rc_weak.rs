//! `std::rc::Rc` with `Weak` links back: what a program without a cycle
//! collector does to avoid the leak, where the shape of its data allows it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::library::{Backlinks, Runtime};

/// `Rc` downwards and `Weak` upwards.
pub enum WeakBack {}

impl Runtime for WeakBack {
    const NAME: &'static str = "Rc + Weak";
}

/// A node of a tree that knows its parent.
pub struct Child {
    parent: RefCell<Weak<Child>>,
    left: Option<Rc<Child>>,
    right: Option<Rc<Child>>,
}

/// A node of a tree that knows its parent and has any number of children.
#[allow(dead_code, reason = "the parent is written, and dropped")]
pub struct Branch {
    parent: RefCell<Weak<Branch>>,
    children: RefCell<Vec<Rc<Branch>>>,
}

/// A node of a doubly linked list.
#[allow(dead_code, reason = "the links are written, and dropped")]
pub struct Link {
    next: RefCell<Option<Rc<Link>>>,
    previous: RefCell<Weak<Link>>,
}

impl Backlinks for WeakBack {
    type Child = Rc<Child>;
    type Branch = Rc<Branch>;
    type Link = Rc<Link>;

    #[inline(always)]
    fn child(left: Option<Self::Child>, right: Option<Self::Child>) -> Self::Child {
        Rc::new(Child { parent: RefCell::new(Weak::new()), left, right })
    }

    #[inline(always)]
    fn adopt(parent: &Self::Child) {
        for child in [&parent.left, &parent.right].into_iter().flatten() {
            *child.parent.borrow_mut() = Rc::downgrade(parent);
        }
    }

    #[inline(always)]
    fn branch(parent: Option<&Self::Branch>) -> Self::Branch {
        let child = Rc::new(Branch {
            parent: RefCell::new(parent.map(Rc::downgrade).unwrap_or_default()),
            children: RefCell::new(Vec::new()),
        });
        if let Some(parent) = parent {
            parent.children.borrow_mut().push(child.clone());
        }
        child
    }

    #[inline(always)]
    fn link(next: Option<Self::Link>) -> Self::Link {
        Rc::new(Link { next: RefCell::new(next), previous: RefCell::new(Weak::new()) })
    }

    #[inline(always)]
    fn set_previous(link: &Self::Link, previous: &Self::Link) {
        *link.previous.borrow_mut() = Rc::downgrade(previous);
    }
}
