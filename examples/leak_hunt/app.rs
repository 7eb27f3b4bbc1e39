//! The application: an editor whose windows want to know when the theme
//! changes.
//!
//! Windows tell a bus about themselves when they open. The bus is a global, as
//! buses are. Nothing in here knows of leaks.

use std::cell::{Cell, RefCell};

use gcycle::{Closure, Gc, Trace, inspect};

/// What listeners are told.
type Theme = &'static str;

/// Tells listeners when the theme changes.
#[derive(Trace)]
struct Bus {
    listeners: RefCell<Vec<Gc<Listener>>>,
}

/// What a listener calls, with its window.
type Callback = Closure<Gc<Window>, fn(&Gc<Window>, Theme)>;

/// Somebody who wants to be told.
#[derive(Trace)]
pub(crate) struct Listener {
    callback: Callback,
}

thread_local! {
    /// The bus of the application.
    static BUS: Gc<Bus> = {
        let bus = Gc::new(Bus { listeners: RefCell::default() });
        inspect::name(&bus, "event bus");
        bus
    };
}

/// A window of the editor.
#[derive(Trace)]
pub(crate) struct Window {
    title: String,
    theme: Cell<Theme>,
    document: RefCell<Option<Gc<Document>>>,
    toolbar: RefCell<Vec<Gc<Button>>>,
    listener: RefCell<Option<Gc<Listener>>>,
}

/// A text that is edited in a window.
#[derive(Trace)]
pub(crate) struct Document {
    window: Gc<Window>,
    lines: RefCell<Vec<Gc<str>>>,
}

/// A button that belongs to a window.
#[derive(Trace)]
pub(crate) struct Button {
    name: &'static str,
    window: Gc<Window>,
}

impl Window {
    /// Opens a window with a text in it.
    pub(crate) fn open(title: &str, lines: usize) -> Gc<Window> {
        let window = Gc::new(Window {
            title: title.into(),
            theme: Cell::new("light"),
            document: RefCell::default(),
            toolbar: RefCell::default(),
            listener: RefCell::default(),
        });
        let lines = (0..lines).map(|line| Gc::from(format!("{title}, line {line}")));
        *window.document.borrow_mut() = Some(Gc::new(Document {
            window: window.clone(),
            lines: RefCell::new(lines.collect()),
        }));
        let button = |name| Gc::new(Button { name, window: window.clone() });
        *window.toolbar.borrow_mut() = ["new", "open", "save"].map(button).into();
        Window::listen(&window);
        window
    }

    /// Has the bus tell this window of themes.
    fn listen(window: &Gc<Window>) {
        let listener = Gc::new(Listener {
            callback: Closure::new(window.clone(), |window, theme| window.theme.set(theme)),
        });
        *window.listener.borrow_mut() = Some(listener.clone());
        BUS.with(|bus| bus.listeners.borrow_mut().push(listener));
    }

    /// Closes the window. The bug: nobody tells the bus.
    pub(crate) fn close_forgetfully(window: Gc<Window>) {
        drop(window);
    }

    /// Closes the window. The fix: the bus forgets the listener.
    pub(crate) fn close(window: Gc<Window>) {
        if let Some(listener) = window.listener.take() {
            unsubscribe(&listener);
        }
        drop(window);
    }

    /// What stands in the title bar.
    pub(crate) fn caption(&self) -> String {
        let document = self.document.borrow();
        let lines = document.as_ref().map_or(0, |document| document.lines.borrow().len());
        let owner = document.as_ref().map_or("nobody", |document| &*document.window.title);
        format!("{} ({lines} lines of {owner}, {} theme)", self.title, self.theme.get())
    }

    /// What stands on the buttons, and whose they are.
    pub(crate) fn toolbar(&self) -> Vec<String> {
        let button = |button: &Gc<Button>| format!("{} {}", button.name, button.window.title);
        self.toolbar.borrow().iter().map(button).collect()
    }
}

/// Changes the theme of the application.
pub(crate) fn change_theme(theme: Theme) {
    // A listener may add others.
    let listeners = BUS.with(|bus| bus.listeners.borrow().clone());
    for listener in listeners {
        listener.callback.as_fn::<dyn Fn(Theme)>()(theme);
    }
}

/// Makes the bus forget a listener.
fn unsubscribe(listener: &Gc<Listener>) {
    BUS.with(|bus| bus.listeners.borrow_mut().retain(|known| !Gc::ptr_eq(known, listener)));
}

/// Makes the bus forget the listeners of all windows.
pub(crate) fn unsubscribe_all() {
    let listeners = BUS.with(|bus| bus.listeners.take());
    for listener in listeners {
        listener.callback.captures().listener.take();
    }
}
