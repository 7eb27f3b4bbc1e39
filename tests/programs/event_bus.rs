//! An event bus: listeners are stored, take `&Event`, and may hold the bus and change it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use gcycle::{Gc, Trace};

use super::{heap_stays_below, leaves_nothing};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Trace)]
enum Topic {
    Key,
    Window,
    Quit,
}

enum Event {
    Key(char),
    Typed(String),
    Resized { width: u32, height: u32 },
    Quit,
}

impl Event {
    fn topic(&self) -> Topic {
        match self {
            Event::Key(_) | Event::Typed(_) => Topic::Key,
            Event::Resized { .. } => Topic::Window,
            Event::Quit => Topic::Quit,
        }
    }
}

type Listener = Gc<dyn Fn(&Event)>;

#[derive(Clone, Copy, PartialEq, Eq, Trace)]
struct Subscription(u64);

#[derive(Trace, Default)]
struct Bus {
    listeners: RefCell<HashMap<Topic, Vec<(Subscription, Listener)>>>,
    subscriptions: Cell<u64>,
}

impl Bus {
    fn on(&self, topic: Topic, listener: Listener) -> Subscription {
        let subscription = Subscription(self.subscriptions.get());
        self.subscriptions.set(subscription.0 + 1);
        let mut listeners = self.listeners.borrow_mut();
        listeners.entry(topic).or_default().push((subscription, listener));
        subscription
    }

    fn off(&self, subscription: Subscription) {
        for listeners in self.listeners.borrow_mut().values_mut() {
            listeners.retain(|(other, _)| *other != subscription);
        }
    }

    /// Calls those who listen when the event is sent, also if one of them changes the list.
    fn emit(&self, event: &Event) {
        let listeners = self.listeners.borrow().get(&event.topic()).cloned();
        for (_, listener) in listeners.unwrap_or_default() {
            listener(event);
        }
    }

    fn number_of_listeners(&self) -> usize {
        self.listeners.borrow().values().map(Vec::len).sum()
    }
}

#[derive(Trace)]
struct Editor {
    text: RefCell<String>,
    size: Cell<(u32, u32)>,
    bus: Gc<Bus>,
    subscriptions: RefCell<Vec<Subscription>>,
}

impl Editor {
    /// An editor that listens, which holds the bus and is held by it.
    fn open(bus: &Gc<Bus>) -> Gc<Editor> {
        let editor = Gc::new(Editor {
            text: RefCell::default(),
            size: Cell::default(),
            bus: bus.clone(),
            subscriptions: RefCell::default(),
        });
        let key = Gc::new_closure(editor.clone(), |editor: &Gc<Editor>, event: &Event| {
            let mut text = editor.text.borrow_mut();
            match event {
                Event::Key(key) => text.push(*key),
                Event::Typed(word) => text.push_str(word),
                _ => {}
            }
        });
        let window = Gc::new_closure(editor.clone(), |editor: &Gc<Editor>, event: &Event| {
            if let Event::Resized { width, height } = *event {
                editor.size.set((width, height));
            }
        });
        let quit = Gc::new_closure(editor.clone(), |editor: &Gc<Editor>, _: &Event| editor.close());
        editor.subscriptions.borrow_mut().extend([
            bus.on(Topic::Key, key),
            bus.on(Topic::Window, window),
            bus.on(Topic::Quit, quit),
        ]);
        editor
    }

    fn close(&self) {
        for subscription in self.subscriptions.take() {
            self.bus.off(subscription);
        }
    }
}

#[test]
fn listeners_hear_the_events_of_their_topic() {
    leaves_nothing(|| {
        let bus = Gc::<Bus>::default();
        let editor = Editor::open(&bus);
        bus.emit(&Event::Key('a'));
        bus.emit(&Event::Typed("bc".to_owned()));
        bus.emit(&Event::Resized { width: 120, height: 40 });
        assert_eq!(*editor.text.borrow(), "abc");
        assert_eq!(editor.size.get(), (120, 40));
    });
}

#[test]
fn a_listener_closes_its_editor_while_it_is_called() {
    leaves_nothing(|| {
        let bus = Gc::<Bus>::default();
        let (first, second) = (Editor::open(&bus), Editor::open(&bus));
        assert_eq!(bus.number_of_listeners(), 6);
        first.close();
        bus.emit(&Event::Key('x'));
        bus.emit(&Event::Quit);
        bus.emit(&Event::Key('y'));
        assert_eq!(bus.number_of_listeners(), 0);
        assert_eq!((&**first.text.borrow(), &**second.text.borrow()), ("", "x"));
    });
}

#[test]
fn a_listener_that_listens_once_takes_itself_out() {
    #[derive(Trace)]
    struct Once {
        bus: Gc<Bus>,
        subscription: Cell<Option<Subscription>>,
        heard: Gc<Cell<u32>>,
    }
    leaves_nothing(|| {
        let bus = Gc::<Bus>::default();
        let heard = Gc::<Cell<u32>>::default();
        let once =
            Gc::new(Once { bus: bus.clone(), subscription: Cell::default(), heard: heard.clone() });
        let listener = Gc::new_closure(once.clone(), |once: &Gc<Once>, _: &Event| {
            once.heard.set(once.heard.get() + 1);
            once.subscription.take().into_iter().for_each(|own| once.bus.off(own));
        });
        once.subscription.set(Some(bus.on(Topic::Key, listener)));
        bus.emit(&Event::Key('a'));
        bus.emit(&Event::Key('b'));
        assert_eq!((heard.get(), bus.number_of_listeners()), (1, 0));
    });
}

#[test]
fn a_listener_adds_others_and_sends_events_itself() {
    leaves_nothing(|| {
        let bus = Gc::<Bus>::default();
        let log = Gc::<RefCell<String>>::default();
        let echo = Gc::new_closure(
            (bus.clone(), log.clone()),
            |(bus, log): &(Gc<Bus>, Gc<RefCell<String>>), event: &Event| {
                let Event::Key(key) = *event else { return };
                log.borrow_mut().push(key);
                if key == '?' {
                    let late = Gc::new_closure(log.clone(), |log: &Gc<RefCell<_>>, _: &Event| {
                        String::push(&mut log.borrow_mut(), '!');
                    });
                    bus.on(Topic::Key, late);
                    bus.emit(&Event::Key('.'));
                }
            },
        );
        bus.on(Topic::Key, echo);
        bus.emit(&Event::Key('?'));
        assert_eq!(*log.borrow(), "?.!");
    });
}

#[test]
fn a_bus_does_not_keep_a_listener_that_is_held_weakly() {
    leaves_nothing(|| {
        let bus = Gc::<Bus>::default();
        let label = Gc::new(RefCell::new(String::new()));
        let listener = Gc::<dyn Fn(&Event)>::new_closure(
            (Gc::downgrade(&label), Cell::new(0_u32)),
            |(label, missed), event| match (label.upgrade(), event) {
                (Some(label), Event::Key(key)) => label.borrow_mut().push(*key),
                _ => missed.set(missed.get() + 1),
            },
        );
        bus.on(Topic::Key, listener);
        bus.emit(&Event::Key('k'));
        assert_eq!(*label.borrow(), "k");
        let weak = Gc::downgrade(&label);
        drop(label);
        assert!(weak.upgrade().is_none());
        bus.emit(&Event::Key('k'));
    });
}

#[test]
fn the_heap_stays_flat_while_buses_come_and_go() {
    heap_stays_below(20_000, 4_000, |_| {
        let bus = Gc::<Bus>::default();
        let editor = Editor::open(&bus);
        bus.emit(&Event::Key('a'));
        assert_eq!(*editor.text.borrow(), "a");
    });
}
