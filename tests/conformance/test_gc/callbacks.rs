//! `GCCallbackTests`: who is told of a collection, and what.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::gc::{self, CollectionInfo, Generation, Phase};

type Visits = Rc<RefCell<Vec<(u32, Phase, CollectionInfo)>>>;

/// Adds two callbacks that note how they are called.
fn note_visits() -> Visits {
    let visits = Visits::default();
    for number in [1, 2] {
        let visits = Rc::clone(&visits);
        gc::add_callback(move |phase, info| visits.borrow_mut().push((number, phase, *info)));
    }
    visits
}

pub(super) fn test_collect() {
    let visits = note_visits();
    gc::collect();
    let visits = visits.borrow();
    let order: Vec<(u32, Phase)> = visits.iter().map(|visit| (visit.0, visit.1)).collect();
    // Each callback once at the start and once at the end.
    assert_eq!(order, [(1, Phase::Start), (2, Phase::Start), (1, Phase::Stop), (2, Phase::Stop)]);
    for (_, _, info) in &*visits {
        assert_eq!((info.collected, info.uncollectable), (0, 0));
    }
}

pub(super) fn test_collect_generation() {
    let visits = note_visits();
    gc::collect_generation(Generation::Old);
    assert_eq!(visits.borrow().len(), 4);
    assert!(visits.borrow().iter().all(|visit| visit.2.generation == Generation::Old));
}
