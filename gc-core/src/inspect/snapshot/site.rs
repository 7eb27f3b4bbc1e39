//! Where in the program an object was made.

use alloc::string::ToString;
use core::fmt;
use core::panic::Location;

use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::memory::sites::note_every;

/// Notes, from now on and on this thread, where one of every so many objects is made: of each
/// for 1, which is the default, and of none for 0. Objects that threads share count as all others.
///
/// Noting costs about the same for a sample as for all: each object has eight bytes for it, which
/// are written in any case. A sample is enough to see where most objects come from; the counts of
/// a census by site are then those of the sample.
///
/// ```
/// use gcycle::{Gc, inspect::{self, HeapSnapshot}};
///
/// inspect::set_site_sampling(10);
/// let numbers: Vec<Gc<u64>> = (0..1000).map(|number| Gc::new(number)).collect();
/// let snapshot = HeapSnapshot::capture();
/// assert_eq!(snapshot.objects().filter(|object| object.site().is_some()).count(), 100);
/// # drop(numbers);
/// # inspect::set_site_sampling(1);
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
pub fn set_site_sampling(every: u32) {
    note_every(every);
}

/// A type, and a place in the program where objects of it are made: the key of
/// [`census_by_site`](crate::inspect::HeapSnapshot::census_by_site).
#[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct MadeAt {
    /// The type.
    pub type_name: &'static str,
    /// The place; `None` for objects of which it was not noted.
    pub site: Option<&'static Location<'static>>,
}

impl fmt::Display for MadeAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let type_name = Harmless(self.type_name);
        match self.site {
            Some(site) => {
                write!(f, "{type_name}, made at {}", Harmless(&site.to_string()))
            }
            None => write!(f, "{type_name}, made somewhere"),
        }
    }
}

impl ObjectInfo<'_> {
    /// Where in the program the object was made: the call of [`Gc::new`](crate::Gc::new), or of
    /// another constructor. `None` if it was not [noted](set_site_sampling).
    ///
    /// A constructor that is passed on as a function, as in `map(Gc::new)` or `collect()`, cannot
    /// know who calls it: the place is then one in the library or in std. So it is for interned
    /// strings and small integers, and for objects that are deserialised.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let number = Gc::new(5); // The place is this line.
    /// let line = line!() - 1;
    /// let snapshot = HeapSnapshot::capture();
    /// assert_eq!(snapshot.get(&number).unwrap().site().unwrap().line(), line);
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
    #[must_use]
    pub fn site(self) -> Option<&'static Location<'static>> {
        self.noted_site()
    }

    /// The type, and where the object was made.
    pub(crate) fn made_at(self) -> MadeAt {
        MadeAt { type_name: self.type_name(), site: self.site() }
    }
}
