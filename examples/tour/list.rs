//! Python's list, as far as the story needs it.

use std::cell::RefCell;

use gcycle::{Gc, Trace};

/// A list with a name, which holds references to other lists and to numbers.
#[derive(Trace)]
pub(super) struct List {
    /// What the story calls it.
    pub(super) name: &'static str,
    numbers: RefCell<Vec<Gc<i32>>>,
    items: RefCell<Vec<Gc<List>>>,
}

impl List {
    /// `[]`.
    pub(super) fn named(name: &'static str) -> Gc<List> {
        let (numbers, items) = (RefCell::default(), RefCell::default());
        Gc::new(List { name, numbers, items })
    }

    /// `[1, 2, 3]`.
    pub(super) fn of_numbers(name: &'static str, numbers: &[i32]) -> Gc<List> {
        let list = List::named(name);
        *list.numbers.borrow_mut() = numbers.iter().copied().map(Gc::new).collect();
        list
    }

    /// `self.append(item)`.
    pub(super) fn append(&self, item: &Gc<List>) {
        self.items.borrow_mut().push(item.clone());
    }

    /// `self[position]`, which is another reference to the number.
    pub(super) fn number(&self, position: usize) -> Gc<i32> {
        self.numbers.borrow()[position].clone()
    }
}
