//! What the server is made of. Everything refers to what it needs: a room to its sessions, a session
//! to its room and its listeners, a listener to the session it belongs to and to the room it listens to.
//!
//! Nobody takes a session out of its room, and nobody tells a listener that its room is over. When the
//! server forgets a room, all of that is garbage, and the collector finds it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gcycle::Trace;
use gcycle::sync::Gc;
use tokio::sync::mpsc::UnboundedSender;

/// A field that threads share.
fn lock<T>(field: &Mutex<T>) -> MutexGuard<'_, T> {
    field.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many sessions there are in memory, reachable or not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census(Arc<AtomicUsize>);

impl Census {
    /// How many there are now.
    pub(crate) fn sessions(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts one session as long as it is there.
struct Counted(Census);

impl Counted {
    fn new(census: &Census) -> Counted {
        census.0.fetch_add(1, Ordering::Relaxed);
        Counted(census.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The rooms that are open.
#[derive(Default, Trace)]
#[trace(shared)]
pub(crate) struct Directory {
    rooms: Mutex<HashMap<String, Gc<Room>>>,
}

/// A room: the sessions in it hear each other.
#[derive(Trace)]
#[trace(shared)]
pub(crate) struct Room {
    name: String,
    sessions: Mutex<Vec<Gc<Session>>>,
    listeners: Mutex<Vec<Gc<Listener>>>,
}

/// A connection.
#[derive(Trace)]
#[trace(shared)]
pub(crate) struct Session {
    name: String,
    room: Mutex<Option<Gc<Room>>>,
    listeners: Mutex<Vec<Gc<Listener>>>,
    #[trace(skip)]
    outbox: UnboundedSender<String>,
    #[trace(skip)]
    _counted: Counted,
}

/// What a session wants to be told of a room.
#[derive(Trace)]
#[trace(shared)]
pub(crate) struct Listener {
    word: String,
    session: Gc<Session>,
    room: Gc<Room>,
}

impl Directory {
    /// The room of this name, which is opened if there is none.
    pub(crate) fn room(&self, name: &str) -> Gc<Room> {
        let mut rooms = lock(&self.rooms);
        if let Some(room) = rooms.get(name) {
            return room.clone();
        }
        let room = Gc::new(Room {
            name: name.to_owned(),
            sessions: Mutex::default(),
            listeners: Mutex::default(),
        });
        rooms.insert(name.to_owned(), room.clone());
        room
    }

    /// Forgets a room. Who is in it can go on talking.
    pub(crate) fn close(&self, name: &str) {
        // The lock is free before the room is dropped.
        let room = lock(&self.rooms).remove(name);
        drop(room);
    }

    /// How many rooms are open.
    pub(crate) fn len(&self) -> usize {
        lock(&self.rooms).len()
    }
}

impl Session {
    /// A session that is in no room. What is said to it goes to `outbox`.
    pub(crate) fn new(
        name: String,
        outbox: UnboundedSender<String>,
        census: &Census,
    ) -> Gc<Session> {
        Gc::new(Session {
            name,
            room: Mutex::default(),
            listeners: Mutex::default(),
            outbox,
            _counted: Counted::new(census),
        })
    }

    /// The room that the session is in.
    pub(crate) fn room(&self) -> Option<Gc<Room>> {
        lock(&self.room).clone()
    }

    /// Goes into a room. The one before keeps the session, too.
    pub(crate) fn join(this: &Gc<Session>, room: &Gc<Room>) {
        lock(&room.sessions).push(this.clone());
        let before = lock(&this.room).replace(room.clone());
        drop(before);
    }

    /// Wants to be told when somebody in `room` says this word.
    pub(crate) fn listen(this: &Gc<Session>, room: &Gc<Room>, word: &str) {
        let listener =
            Gc::new(Listener { word: word.to_owned(), session: this.clone(), room: room.clone() });
        lock(&this.listeners).push(listener.clone());
        lock(&room.listeners).push(listener);
    }

    /// Says something to the session. If it is gone, nobody hears it.
    pub(crate) fn tell(&self, text: String) {
        self.outbox.send(text).ok();
    }
}

impl Room {
    /// Everybody in the room hears this, and so do those who listen for one of its words.
    pub(crate) fn say(&self, from: &Session, text: &str) {
        let line = format!("{}: {text}", from.name);
        for session in &*lock(&self.sessions) {
            session.tell(line.clone());
        }
        for listener in &*lock(&self.listeners) {
            if text.split(' ').any(|word| word == listener.word) {
                listener.session.tell(format!("{} in {}", listener.word, listener.room.name));
            }
        }
    }
}
