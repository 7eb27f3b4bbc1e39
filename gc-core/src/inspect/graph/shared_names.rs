//! Names that the program gives to single objects that threads share.

use alloc::string::String;

use crate::inspect::graph::texts::cut;
use crate::sync;
use crate::sync::names;

/// Gives an object that threads share a name, which a
/// [`SharedSnapshot`](crate::inspect::SharedSnapshot) shows wherever the object is: in paths, in
/// pictures, in the page and in the files for the DevTools.
///
/// It is the name of the object for the whole process, whichever thread gives it. All else is as with
/// [`name`](crate::inspect::name()): an object has one name, and a new one replaces it; an empty one takes it
/// away. The name does not keep the object alive, and goes when the object dies. Of more than 100
/// characters the first are kept. It counts as a [`Weak`](crate::sync::Weak) to the object, so that
/// [`get_mut`](sync::Gc::get_mut) does not succeed, and the memory of an object that died stays until names that are given
/// later make the table forget it.
///
/// # Examples
///
/// ```
/// use gcycle::inspect::{self, SharedSnapshot};
/// use gcycle::sync::Gc;
///
/// let rooms = Gc::new(vec![Gc::new(1)]);
/// inspect::name_shared(&rooms, "directory");
///
/// let snapshot = SharedSnapshot::capture(&[&rooms]);
/// assert_eq!(snapshot.get(&rooms).unwrap().name(), Some("directory"));
/// let path = snapshot.path_to_root(&rooms[0]).unwrap();
/// assert!(path.to_string().contains(r#""directory" <alloc::vec::Vec<"#));
/// ```
pub fn name_shared<T: ?Sized>(gc: &sync::Gc<T>, name: impl Into<String>) {
    // What `into` does is done before the table is locked.
    let name = cut(&name.into());
    names::give(gc.object(), &name);
}
