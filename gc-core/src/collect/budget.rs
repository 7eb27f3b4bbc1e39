//! How long automatic collections may stop the program.

use core::time::Duration;

/// More objects than this are in no cache, and their addresses neither.
const HUGE: usize = 4_000_000;

/// How much an automatic collection does in one go; see [`set_budget`](crate::gc::set_budget).
///
/// The default is [`Time`](Budget::Time) of one millisecond.
///
/// ```
/// use std::time::Duration;
/// use gcycle::gc::{self, Budget};
///
/// assert_eq!(gc::get_budget(), Budget::Time(Duration::from_millis(1)));
/// gc::set_budget(Duration::from_micros(200)); // or Budget::Time
/// gc::set_budget(10_000); // or Budget::Objects
/// assert_eq!(gc::get_budget(), Budget::Objects(10_000));
/// gc::set_budget(Budget::Unlimited);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Budget {
    /// Every collection is done in one go.
    Unlimited,
    /// About as much as it takes to examine so many objects.
    Objects(usize),
    /// About so much time: as many objects as a processor examines in it, at 200 nanoseconds
    /// for an object of a large heap, which is in none of its caches, and 50 nanoseconds for one of the
    /// youngest; in a heap of more than four million, of which it does not know where the pages are,
    /// 500 nanoseconds and 250.
    ///
    /// These figures are fixed, and no clock is asked: the collections of a program are the same
    /// each time that it runs. On a slow machine give less.
    Time(Duration),
}

impl Budget {
    /// What a thread starts with.
    pub(crate) const DEFAULT: Budget = Budget::Time(Duration::from_millis(1));

    /// How many objects a slice of a collection examines in a heap of so `many`.
    pub(crate) fn slice(self, many: usize) -> usize {
        self.objects(if many > HUGE { 500 } else { 200 })
    }

    /// How many objects a collection of young objects examines at most, in a heap of so `many`:
    /// they lie where others died, all over the heap.
    pub(crate) fn young(self, many: usize) -> usize {
        self.objects(if many > HUGE { 250 } else { 50 })
    }

    /// How many objects a collection of the middle generation examines at most.
    pub(crate) fn middle(self) -> usize {
        match self {
            Budget::Objects(objects) => objects.max(1),
            Budget::Unlimited | Budget::Time(_) => usize::MAX,
        }
    }

    /// As many as are examined, if each takes so many nanoseconds.
    fn objects(self, nanoseconds: u128) -> usize {
        match self {
            Budget::Unlimited => usize::MAX,
            Budget::Objects(objects) => objects.max(1),
            Budget::Time(time) => {
                usize::try_from(time.as_nanos() / nanoseconds).unwrap_or(usize::MAX).max(1)
            }
        }
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::DEFAULT
    }
}

impl From<usize> for Budget {
    fn from(objects: usize) -> Budget {
        Budget::Objects(objects)
    }
}

impl From<Duration> for Budget {
    fn from(time: Duration) -> Budget {
        Budget::Time(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_as_many_objects_as_are_examined_in_it() {
        const MANY: usize = 1_000_000;
        assert_eq!((Budget::DEFAULT.slice(MANY), Budget::DEFAULT.young(MANY)), (5000, 20_000));
        let huge = 10 * MANY;
        assert_eq!((Budget::DEFAULT.slice(huge), Budget::DEFAULT.young(huge)), (2000, 4000));
        assert_eq!(Budget::Time(Duration::ZERO).slice(MANY), 1);
        assert_eq!(Budget::Time(Duration::MAX).slice(MANY), usize::MAX);
        assert_eq!((Budget::Objects(7).slice(huge), Budget::Objects(7).young(huge)), (7, 7));
        assert_eq!(Budget::Objects(0).slice(MANY), 1);
        assert_eq!(Budget::Unlimited.slice(MANY), usize::MAX);
    }
}
