//! `Serialize` and `Deserialize`: a [`Gc`] is written as its value.
//!
//! The formats of serde are trees. So a shared object is written each time it is reached,
//! as with `Rc`, and read back as separate objects. An object that is inside itself
//! cannot be written, and is an error.

use alloc::boxed::Box;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::object::header::ObjPtr;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::nesting::{Refusal, Walk, enter};
use crate::pointer::weak_ptr::Weak;
use crate::trace::untraced::Untraced;

std::thread_local! {
    static WRITTEN: Walk<ObjPtr> = const { Walk::new() };
}

impl<T: Serialize + ?Sized> Serialize for Gc<T> {
    /// Writes the value.
    ///
    /// A shared object is written each time it is reached, which can be exponentially
    /// often.
    ///
    /// # Errors
    ///
    /// If the object is inside itself, or more than 128 handles deep. Write a long list
    /// as a sequence instead.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = enter(&WRITTEN, self.object(), || T::serialize(self, serializer));
        let refusal = match written {
            Ok(result) => return result,
            Err(refusal) => refusal,
        };
        let name = self.object().type_name();
        Err(match refusal {
            Refusal::Cycle => S::Error::custom(format_args!(
                "cannot serialize a cycle: a `Gc<{name}>` is reachable from its own value"
            )),
            Refusal::TooDeep => S::Error::custom(format_args!(
                "cannot serialize a `Gc<{name}>` that is nested too deeply"
            )),
        })
    }
}

impl<'de, T: ?Sized> Deserialize<'de> for Gc<T>
where
    Box<T>: Deserialize<'de>,
    Gc<T>: From<Box<T>>,
{
    /// Reads a value and makes an object of it. Objects that were shared when they were
    /// written are no longer shared.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Gc::from)
    }
}

impl<T: Serialize + ?Sized> Serialize for Weak<T> {
    /// Writes an `Option`: the value if the object is alive, and otherwise `None`.
    ///
    /// A handle to the parent in a tree closes a cycle and so leads to an error; skip
    /// such fields.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.upgrade().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Weak<T> {
    /// Reads the value that was written, and returns a handle that does not upgrade,
    /// because nothing holds the value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|_| Weak::new())
    }
}

impl<T: Serialize> Serialize for Untraced<T> {
    /// Writes the value.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Untraced<T> {
    /// Reads the value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Untraced)
    }
}
