//! A user interface: widgets of several types hold their parents and their children, handlers
//! capture widgets, and resources go back when a part of the tree is removed.

use std::cell::{Cell, RefCell};
use std::iter::successors;
use std::ops::ControlFlow;
use std::rc::Rc;

use gcycle::{Finalize, Gc, Link, Trace, gc, unsize, weak};

use super::{heap_stays_below, leaves_nothing};

enum Input {
    Click,
    Key(char),
}

type AnyWidget = Gc<dyn Widget>;
/// It is told the widget that the event was sent to. If it breaks, no parent hears of the event.
type Handler = Gc<dyn Fn(&AnyWidget, &Input) -> Flow>;
type Flow = ControlFlow<()>;

/// What all widgets have: their place in the tree, and their handlers.
#[derive(Trace, Default)]
struct Node {
    parent: Link<dyn Widget>,
    children: RefCell<Vec<AnyWidget>>,
    handlers: RefCell<Vec<Handler>>,
}

trait Widget {
    fn node(&self) -> &Node;

    fn draw(&self) -> String;

    fn draw_children(&self) -> String {
        let children = self.node().children.borrow();
        children.iter().map(|child| child.draw()).collect::<Vec<_>>().join(" ")
    }

    fn on(&self, handler: Handler) {
        self.node().handlers.borrow_mut().push(handler);
    }
}

fn add(parent: &AnyWidget, child: &AnyWidget) {
    remove(child);
    child.node().parent.set(Some(parent.clone()));
    parent.node().children.borrow_mut().push(child.clone());
}

fn remove(widget: &AnyWidget) {
    if let Some(parent) = widget.node().parent.take() {
        parent.node().children.borrow_mut().retain(|child| !Gc::ptr_eq(child, widget));
    }
}

/// Tells the handlers of a widget, then those of its parents, until one stops it.
fn send(widget: &AnyWidget, input: &Input) -> bool {
    successors(Some(widget.clone()), |widget| widget.node().parent.get()).any(|current| {
        let handlers = current.node().handlers.borrow().clone();
        handlers.iter().any(|handler| handler(widget, input).is_break())
    })
}

#[derive(Trace)]
struct Panel {
    node: Node,
    title: &'static str,
}

#[derive(Trace)]
struct Label {
    node: Node,
    text: RefCell<String>,
}

#[derive(Trace)]
struct Picture {
    node: Node,
    texture: Texture,
}

/// A number that a graphics card knows, which gets it back.
#[derive(Trace)]
#[trace(finalize)]
struct Texture {
    number: usize,
    card: Rc<Card>,
    memory: gc::Pressure,
}

#[derive(Trace, Default)]
struct Card {
    in_use: RefCell<Vec<bool>>,
}

impl Finalize for Texture {
    fn finalize(&self) {
        self.card.in_use.borrow_mut()[self.number] = false;
    }
}

impl Card {
    fn load(self: &Rc<Card>) -> Texture {
        let mut in_use = self.in_use.borrow_mut();
        let number = in_use.iter().position(|used| !used).unwrap_or(in_use.len());
        if number == in_use.len() {
            in_use.push(true);
        }
        in_use[number] = true;
        Texture { number, card: Rc::clone(self), memory: gc::add_pressure(1 << 16) }
    }

    fn used(&self) -> usize {
        self.in_use.borrow().iter().filter(|used| **used).count()
    }
}

impl Widget for Panel {
    fn node(&self) -> &Node {
        &self.node
    }

    fn draw(&self) -> String {
        format!("{}[{}]", self.title, self.draw_children())
    }
}

impl Widget for Label {
    fn node(&self) -> &Node {
        &self.node
    }

    fn draw(&self) -> String {
        self.text.borrow().clone()
    }
}

impl Widget for Picture {
    fn node(&self) -> &Node {
        &self.node
    }

    fn draw(&self) -> String {
        format!("#{}", self.texture.number)
    }
}

fn panel(title: &'static str) -> AnyWidget {
    unsize!(Gc::new(Panel { node: Node::default(), title }) => dyn Widget)
}

fn label(text: &str) -> Gc<Label> {
    Gc::new(Label { node: Node::default(), text: RefCell::new(text.to_owned()) })
}

fn picture(card: &Rc<Card>) -> AnyWidget {
    unsize!(Gc::new(Picture { node: Node::default(), texture: card.load() }) => dyn Widget)
}

/// A dialogue with a picture, and a button that removes the dialogue.
fn dialogue(card: &Rc<Card>) -> (AnyWidget, AnyWidget) {
    let (dialogue, close) = (panel("dialogue"), unsize!(label("close") => dyn Widget));
    add(&dialogue, &picture(card));
    add(&dialogue, &close);
    close.on(Gc::<dyn Fn(&AnyWidget, &Input) -> Flow>::new_closure(
        dialogue.clone(),
        |dialogue, _, input| match input {
            Input::Click => {
                remove(dialogue);
                Flow::Break(())
            }
            Input::Key(_) => Flow::Continue(()),
        },
    ));
    (dialogue, close)
}

#[test]
fn a_tree_of_several_types_is_drawn_and_rearranged() {
    leaves_nothing(|| {
        let card = Rc::default();
        let (window, bar) = (panel("window"), panel("bar"));
        let name = label("name");
        let widget = unsize!(name.clone() => dyn Widget);
        add(&window, &bar);
        add(&bar, &picture(&card));
        add(&bar, &widget);
        assert_eq!(window.draw(), "window[bar[#0 name]]");
        name.text.borrow_mut().push('!');
        add(&window, &widget);
        assert_eq!(window.draw(), "window[bar[#0] name!]");
    });
}

#[test]
fn an_event_goes_up_until_a_handler_stops_it() {
    leaves_nothing(|| {
        let (window, inner) = (panel("window"), panel("inner"));
        let field = label("");
        let widget = unsize!(field.clone() => dyn Widget);
        add(&window, &inner);
        add(&inner, &widget);
        field.on(Gc::<dyn Fn(&AnyWidget, &Input) -> Flow>::new_closure(
            field.clone(),
            |field, _, input| match input {
                Input::Key(key) => {
                    field.text.borrow_mut().push(*key);
                    Flow::Break(())
                }
                Input::Click => Flow::Continue(()),
            },
        ));
        let clicked = Gc::new(RefCell::new(Vec::new()));
        window.on(Gc::<dyn Fn(&AnyWidget, &Input) -> Flow>::new_closure(
            clicked.clone(),
            |clicked, target, _| {
                clicked.borrow_mut().push(target.draw());
                Flow::Continue(())
            },
        ));
        assert!("ab".chars().all(|key| send(&widget, &Input::Key(key))));
        assert!(!send(&widget, &Input::Click));
        assert!(!send(&inner, &Input::Key('x')));
        assert_eq!(*clicked.borrow(), ["ab", "inner[ab]"]);
    });
}

#[test]
fn a_handler_removes_the_subtree_that_holds_it_and_the_resources_go_back() {
    leaves_nothing(|| {
        let card: Rc<Card> = Rc::default();
        let window = panel("window");
        let (dialogue, close) = dialogue(&card);
        add(&window, &dialogue);
        assert_eq!(window.draw(), "window[dialogue[#0 close]]");
        assert!(send(&close, &Input::Click));
        assert_eq!(window.draw(), "window[]");
        assert_eq!(card.used(), 1, "somebody could put the dialogue back");
        drop((dialogue, close));
        gc::collect();
        assert_eq!(card.used(), 0);
    });
}

#[test]
fn a_leaf_keeps_the_window_and_whoever_asked_is_told_when_it_goes() {
    leaves_nothing(|| {
        let closed = Rc::new(Cell::new(false));
        let window = panel("window");
        let told = Rc::clone(&closed);
        weak::finalize(&window, move || told.set(true));
        let leaf = unsize!(label("leaf") => dyn Widget);
        add(&window, &leaf);
        drop(window);
        gc::collect();
        assert!(!closed.get());
        assert_eq!(leaf.node().parent.with(|parent| parent.unwrap().draw()), "window[leaf]");
        drop(leaf);
        gc::collect();
        assert!(closed.get());
    });
}

#[test]
fn the_heap_and_the_card_stay_flat_while_dialogues_come_and_go() {
    let card: Rc<Card> = Rc::default();
    let window = panel("window");
    heap_stays_below(20_000, 5_000, |_| {
        let (dialogue, close) = dialogue(&card);
        add(&window, &dialogue);
        send(&close, &Input::Click);
        assert!(card.used() <= 200, "the pressure of 64 KiB each starts collections");
    });
    gc::collect();
    assert_eq!((card.used(), window.draw().as_str()), (0, "window[]"));
}
