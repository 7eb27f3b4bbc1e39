//! What the only handle to a value allows: access that nobody shares, and taking the value out.
//!
//! Other handles cannot appear meanwhile, but from weak ones. And a collection may read the value,
//! which has found the handle or the entry of a candidate. Where neither can be, one step on the word is
//! enough. Otherwise the caller waits for a pause of the collection: it does not fail because somebody
//! looks.

use crate::sync::protocol::dead::{announce, free};
use crate::sync::protocol::object::Object;
use crate::sync::protocol::weak;
use crate::sync::protocol::word::{Alone, Burial};

/// Begins exclusive access to the value of an object, for the owner of a handle; whether that is the
/// only one and there are no weak handles.
pub(crate) fn exclude<O: Object>(object: O) -> bool {
    match object.word().exclude(false) {
        Alone::Yes(()) => true,
        Alone::No | Alone::Condemned => false,
        Alone::Contended => {
            object.unread(|| object.undecided(|| exclude_contended(object))).unwrap_or(false)
        }
    }
}

/// While no collection reads values, and nobody makes a handle from a weak one.
fn exclude_contended<O: Object>(object: O) -> bool {
    if object.word().exclude(true) != Alone::Yes(()) {
        return false;
    }
    // Only now: before, a thread could have made a handle, another weak one, and no trace of it.
    let has_weak = object.weak_count().count() > 0;
    if has_weak {
        object.word().include();
    }
    !has_weak
}

/// An object without handles, whose value is to be taken out.
///
/// # Invariants
///
/// The owner has the burial, or a weak handle, so that the slot stays.
#[derive(Debug)]
#[must_use]
pub(crate) struct Detached<O> {
    object: O,
    burial: Option<Burial>,
}

/// Drops the only handle to an object, so that its owner may take the value out. Weak handles do not
/// matter: there is no value for them any more.
pub(crate) fn detach<O: Object>(object: O) -> Detach<O> {
    match object.word().detach(false) {
        Alone::Yes(burial) => Detach::Done(Detached { object, burial }),
        Alone::No => Detach::Shared,
        Alone::Condemned => Detach::Refused,
        Alone::Contended => object.unread(|| detach_contended(object)).unwrap_or(Detach::Refused),
    }
}

/// What became of it.
#[derive(Debug)]
#[must_use]
pub(crate) enum Detach<O> {
    /// The value may be taken out.
    Done(Detached<O>),
    /// There are other handles.
    Shared,
    /// This thread reads values for a collection, perhaps this one; or drops what one found.
    Refused,
}

/// While no collection reads values. One may give up the slot as soon as this has returned, so that a
/// weak handle keeps it.
fn detach_contended<O: Object>(object: O) -> Detach<O> {
    weak::downgrade(object);
    let detached = object.word().detach(true);
    if let Alone::Yes(None) = detached {
        return Detach::Done(Detached { object, burial: None });
    }
    weak::release(object);
    match detached {
        Alone::Yes(burial) => Detach::Done(Detached { object, burial }),
        Alone::Condemned => Detach::Refused,
        Alone::No | Alone::Contended => Detach::Shared,
    }
}

impl<O: Object> Detached<O> {
    /// After the value was taken out: says so, and gives up the slot.
    ///
    /// Runs user code: weak callbacks.
    pub(crate) fn finish(self) {
        if let Some(burial) = self.burial {
            announce(self.object, burial);
            free(self.object, burial);
        } else {
            self.object.value_is_gone();
            weak::release(self.object);
        }
    }
}
