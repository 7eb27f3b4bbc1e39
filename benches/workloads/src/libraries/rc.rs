//! `std::rc::Rc`: the yardstick. It leaks every cycle.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::derived;
use crate::library::Runtime;
use crate::shapes::{backlinks, objects, weaks};

/// `Rc` with strong links only.
pub enum Strong {}

impl Runtime for Strong {
    const NAME: &'static str = "Rc";
}

objects!(for Strong, Rc, RefCell, derive (), trace derived);
backlinks!(for Strong, Rc, RefCell, derive (), trace derived);
weaks!(for Strong, Rc, Weak, Rc::downgrade);
