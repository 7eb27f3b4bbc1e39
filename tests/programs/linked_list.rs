//! A doubly linked list, strong in both directions, with cursors that insert and remove.

use std::cell::{Cell, RefCell};
use std::iter::successors;
use std::rc::Rc;

use gcycle::{Finalize, Gc, Link, Trace};

use super::{heap_stays_below, leaves_nothing};

#[derive(Trace)]
struct Node<T> {
    value: T,
    next: Link<Node<T>>,
    previous: Link<Node<T>>,
}

#[derive(Trace)]
struct List<T> {
    first: Link<Node<T>>,
    last: Link<Node<T>>,
    length: Cell<usize>,
}

impl<T: Trace + 'static> List<T> {
    fn new() -> Gc<List<T>> {
        Gc::new(List { first: Link::empty(), last: Link::empty(), length: Cell::new(0) })
    }

    fn from_values(values: impl IntoIterator<Item = T>) -> Gc<List<T>> {
        let list = List::new();
        values.into_iter().for_each(|value| list.push_back(value));
        list
    }

    fn push_back(&self, value: T) {
        self.insert_between(self.last.get().as_ref(), value, None);
    }

    fn push_front(&self, value: T) {
        self.insert_between(None, value, self.first.get().as_ref());
    }

    fn insert_between(&self, previous: Option<&Gc<Node<T>>>, value: T, next: Option<&Gc<Node<T>>>) {
        let node = Gc::new(Node {
            value,
            next: Link::from(next.cloned()),
            previous: Link::from(previous.cloned()),
        });
        previous.map_or(&self.first, |previous| &previous.next).set(Some(node.clone()));
        next.map_or(&self.last, |next| &next.previous).set(Some(node));
        self.length.set(self.length.get() + 1);
    }

    fn remove(&self, node: &Node<T>) {
        let (previous, next) = (node.previous.take(), node.next.take());
        previous.as_ref().map_or(&self.first, |previous| &previous.next).set(next.clone());
        next.as_ref().map_or(&self.last, |next| &next.previous).set(previous);
        self.length.set(self.length.get() - 1);
    }

    fn nodes(&self) -> impl Iterator<Item = Gc<Node<T>>> {
        successors(self.first.get(), |node| node.next.get())
    }

    fn nodes_backwards(&self) -> impl Iterator<Item = Gc<Node<T>>> {
        successors(self.last.get(), |node| node.previous.get())
    }

    fn cursor(&self) -> Cursor<'_, T> {
        Cursor { list: self, at: self.first.get() }
    }

    fn values(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.nodes().map(|node| node.value.clone()).collect()
    }
}

/// A place in a list: at a node, or behind the last one.
struct Cursor<'a, T> {
    list: &'a List<T>,
    at: Option<Gc<Node<T>>>,
}

impl<T: Trace + 'static> Cursor<'_, T> {
    fn value(&self) -> Option<&T> {
        self.at.as_ref().map(|node| &node.value)
    }

    fn advance(&mut self) {
        self.at = self.at.take().and_then(|node| node.next.get());
    }

    fn insert_before(&mut self, value: T) {
        let previous = match &self.at {
            Some(node) => node.previous.get(),
            None => self.list.last.get(),
        };
        self.list.insert_between(previous.as_ref(), value, self.at.as_ref());
    }

    /// Removes the node at the cursor, and goes on to the next.
    fn remove(&mut self) {
        if let Some(node) = self.at.take() {
            self.at = node.next.get();
            self.list.remove(&node);
        }
    }
}

/// A value that counts how many of its kind are gone.
#[derive(Trace)]
#[trace(finalize)]
struct Counted(Rc<Cell<usize>>);

impl Finalize for Counted {
    fn finalize(&self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn a_list_reads_the_same_in_both_directions() {
    leaves_nothing(|| {
        let list = List::from_values(2..6);
        list.push_front(1);
        list.push_back(6);
        assert_eq!(list.values(), [1, 2, 3, 4, 5, 6]);
        let backwards: Vec<i32> = list.nodes_backwards().map(|node| node.value).collect();
        assert_eq!(backwards, [6, 5, 4, 3, 2, 1]);
        assert_eq!(list.length.get(), 6);
    });
}

#[test]
fn a_cursor_inserts_and_removes_anywhere() {
    leaves_nothing(|| {
        let list = List::from_values(["b", "x", "d", "x"].map(String::from));
        let mut cursor = list.cursor();
        cursor.insert_before("a".into());
        while let Some(value) = cursor.value() {
            match value.as_str() {
                "x" => cursor.remove(),
                "d" => {
                    cursor.insert_before("c".into());
                    cursor.advance();
                }
                _ => cursor.advance(),
            }
        }
        cursor.insert_before("e".into());
        assert_eq!(list.values().concat(), "abcde");
        assert_eq!(list.length.get(), 5);
    });
}

#[test]
fn a_node_that_is_taken_out_is_gone_at_once_and_the_others_with_the_list() {
    leaves_nothing(|| {
        let gone = Rc::new(Cell::new(0));
        let list = List::from_values((0..10).map(|_| Counted(Rc::clone(&gone))));
        let mut cursor = list.cursor();
        for number in 1..=4 {
            cursor.advance();
            cursor.remove();
            assert_eq!(gone.get(), number);
        }
        drop(cursor);
        drop(list);
        gcycle::gc::collect();
        assert_eq!(gone.get(), 10);
    });
}

#[test]
fn one_node_keeps_the_whole_list() {
    leaves_nothing(|| {
        let list = List::from_values(1..=5);
        let middle = list.nodes().find(|node| node.value == 3).unwrap();
        drop(list);
        gcycle::gc::collect();
        let first = successors(Some(middle), |node| node.previous.get()).last().unwrap();
        let all: Vec<i32> =
            successors(Some(first), |node| node.next.get()).map(|node| node.value).collect();
        assert_eq!(all, [1, 2, 3, 4, 5]);
    });
}

#[test]
fn lists_of_lists_that_know_their_owner_are_freed() {
    #[derive(Trace)]
    struct Row {
        table: Gc<List<Gc<Row>>>,
        cells: RefCell<Vec<String>>,
    }
    leaves_nothing(|| {
        let table: Gc<List<Gc<Row>>> = List::new();
        for number in 0..3 {
            let cells = RefCell::new(vec![number.to_string()]);
            table.push_back(Gc::new(Row { table: table.clone(), cells }));
        }
        let first = table.first.with(|node| node.map(|node| node.value.clone())).unwrap();
        drop(table);
        first.cells.borrow_mut().push("more".into());
        let texts: Vec<String> =
            first.table.nodes().map(|row| row.value.cells.borrow().join(" ")).collect();
        assert_eq!(texts, ["0 more", "1", "2"]);
    });
}

#[test]
fn the_heap_stays_flat_while_lists_come_and_go() {
    heap_stays_below(20_000, 3_000, |round| {
        let list = List::from_values(0..50);
        let mut cursor = list.cursor();
        cursor.advance();
        cursor.remove();
        assert_eq!(list.nodes().count(), 49, "in round {round}");
    });
}
