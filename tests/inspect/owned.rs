//! The bytes that values own elsewhere, compared with what the allocator gave out.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;

use gcycle::inspect::{HeapSnapshot, ObjectInfo};
use gcycle::{Gc, Trace, Tracer};

use crate::heaps::{Random, on_empty_heap};

thread_local! {
    /// The bytes that this thread took and did not give back.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is the system allocator's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = TAKEN.try_with(|taken| taken.set(taken.get().wrapping_add(layout.size())));
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = TAKEN.try_with(|taken| taken.set(taken.get().wrapping_sub(layout.size())));
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many of each thing; fewer where each step takes long.
const MANY: usize = if cfg!(miri) { 40 } else { 20_000 };

/// What a value owns as a snapshot says, and as the allocator counted while it was made.
fn weigh<T: Trace + 'static>(make: impl FnOnce() -> T) -> (usize, usize) {
    let before = TAKEN.get();
    let value = make();
    let taken = TAKEN.get().wrapping_sub(before);
    let object = Gc::new(value);
    let snapshot = HeapSnapshot::capture();
    (snapshot.get(&object).unwrap().owned(), taken)
}

/// Whether a number is another up to so many thousandths.
fn is_near((said, taken): (usize, usize), thousandths: usize) -> bool {
    said.abs_diff(taken) * 1000 <= taken * thousandths
}

macro_rules! assert_weight {
    ($make:expr) => {
        assert_weight!($make, 20)
    };
    ($make:expr, $thousandths:expr) => {
        let weight = weigh(|| $make);
        let (said, taken) = weight;
        assert!(is_near(weight, $thousandths), "{}: {said} of {taken}", stringify!($make));
    };
}

#[test]
fn containers_own_what_the_allocator_gave_them() {
    on_empty_heap(|| {
        assert_eq!(weigh(Vec::<u64>::new), (0, 0));
        assert_eq!(weigh(|| Vec::<u64>::with_capacity(1000)), (8000, 8000));
        assert_eq!(weigh(|| String::with_capacity(123)), (123, 123));
        assert_eq!(weigh(|| Box::new([0_u64; 9])), (72, 72));
        assert_eq!(weigh(|| -> Box<str> { "boxed".into() }), (5, 5));
        assert_eq!(weigh(|| -> Box<[String]> { vec!["a".into(), "bc".into()].into() }), (51, 51));
        assert_weight!((0..MANY).collect::<VecDeque<usize>>(), 0);
        assert_weight!((0..MANY).collect::<LinkedList<usize>>(), 0);
        assert_weight!((0..MANY).collect::<BinaryHeap<usize>>(), 0);
        assert_weight!((0..MANY).map(|number| number.to_string()).collect::<Vec<String>>(), 0);
        assert_weight!(vec![vec![vec![0_u8; 7]; 5]; 3], 0);
        assert_weight!((1..MANY).map(|len| vec![0_u8; len % 100]).collect::<Vec<Vec<u8>>>(), 0);
        assert_weight!(Some(RefCell::new((String::from("in a cell"), Box::new(1_u32)))), 0);
    });
}

#[test]
fn hash_tables_own_what_the_allocator_gave_them_whatever_their_size() {
    on_empty_heap(|| {
        for len in (0..40).chain([100, 447, 448, 449, MANY]) {
            assert_weight!((0..len).map(|key| (key, key)).collect::<HashMap<usize, usize>>());
            assert_weight!((0..len).map(|key| (key, [0; 3])).collect::<HashMap<usize, [u32; 3]>>());
            assert_weight!(
                (0..len).filter_map(|key| u8::try_from(key).ok()).collect::<HashSet<u8>>()
            );
        }
        assert_weight!(
            (0..MANY).map(|key| (key.to_string(), vec![key])).collect::<HashMap<_, _>>()
        );
    });
}

#[test]
fn trees_own_about_what_the_allocator_gave_them() {
    fn filled<K: Ord, V>(entries: impl Iterator<Item = (K, V)>) -> BTreeMap<K, V> {
        let mut tree = BTreeMap::new();
        entries.for_each(|(key, value)| drop(tree.insert(key, value)));
        tree
    }
    on_empty_heap(|| {
        for len in 0..12 {
            assert_weight!(filled((0..len).map(|key: usize| (key, key))), 0);
        }
        for len in [12, 13, 50, 143, 200, 1000, MANY] {
            // Up to 1024 entries it is exact.
            let most = |thousandths| if len <= 1024 { 0 } else { thousandths };
            // In order, in the other order, without any, and in one go.
            assert_weight!(filled((0..len).map(|key| (key, [key; 3]))), most(20));
            assert_weight!(filled((0..len).rev().map(|key| (key, key))), most(20));
            let mut random = Random(7);
            assert_weight!(filled((0..len).map(|_| (random.below(1 << 40), 'x'))), most(50));
            assert_weight!(
                (0..len).map(|key| (key, key)).collect::<BTreeMap<_, usize>>(),
                most(20)
            );
            assert_weight!((0..len).collect::<BTreeSet<usize>>(), most(20));
        }
        assert_weight!(filled((0..MANY).map(|key| (key.to_string(), vec![key]))), 40);
    });
}

#[test]
fn a_table_from_which_entries_were_removed_is_not_overestimated() {
    on_empty_heap(|| {
        let mut map: HashMap<usize, usize> = (0..MANY).map(|key| (key, key)).collect();
        map.retain(|&key, _| key % 100 == 0);
        let object = Gc::new(map);
        let snapshot = HeapSnapshot::capture();
        let owned = snapshot.get(&object).unwrap().owned();
        let most = (MANY * 8 / 7).next_power_of_two() * 17 + 16;
        assert!(owned <= most, "{owned} of {most}");
    });
}

#[test]
fn what_is_shared_is_counted_once() {
    on_empty_heap(|| {
        let shared: Rc<[u64]> = vec![0; 1000].into();
        let objects: Vec<_> = (0..4).map(|_| Gc::new(Rc::clone(&shared))).collect();
        drop(shared);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.owned(), 8000);
        assert_eq!(snapshot.get(&objects[0]).unwrap().owned(), 2000);
    });
}

#[test]
fn a_vector_of_a_hundred_megabytes_counts_as_such_everywhere() {
    const LEN: usize = if cfg!(miri) { 10_000 } else { 100_000_000 };
    #[derive(Trace)]
    struct Picture {
        pixels: Vec<u8>,
    }
    on_empty_heap(|| {
        let before = HeapSnapshot::capture();
        let picture = Gc::new(Picture { pixels: vec![0; LEN] });
        let holder = Gc::new(vec![picture]);
        let snapshot = HeapSnapshot::capture();
        let picture = snapshot.get(&holder[0]).unwrap();
        assert_eq!(picture.owned(), holder[0].pixels.capacity());
        assert_eq!(picture.retained_size(), picture.bytes() + LEN);
        let all = snapshot.bytes() + snapshot.owned();
        assert_eq!(snapshot.retained_size(&holder), all);
        let census = snapshot.census();
        assert_eq!(census.rows()[0].owned, LEN, "the largest comes first");
        assert_eq!(census.owned(), snapshot.owned());
        assert!(census.rows()[0].share > 0.9);
        let diff = snapshot.diff(&before);
        assert_eq!(
            (diff.rows()[0].owned_growth(), diff.owned_growth()),
            (LEN.cast_signed(), snapshot.owned().cast_signed())
        );
        assert_eq!(
            before.diff(&snapshot).rows().last().unwrap().owned_growth(),
            -LEN.cast_signed()
        );
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        let size = (picture.bytes() + LEN).to_string();
        assert!(String::from_utf8(file).unwrap().contains(&format!(",{size},")));
    });
}

#[test]
fn an_object_in_use_owns_nothing_that_can_be_seen() {
    on_empty_heap(|| {
        let cell = Gc::new(RefCell::new(vec![0_u8; 1000]));
        let owned = || HeapSnapshot::capture().objects().map(ObjectInfo::owned).sum::<usize>();
        assert_eq!(owned(), 1000);
        let borrowed = cell.borrow_mut();
        assert_eq!(owned(), 0);
        drop(borrowed);
    });
}

#[test]
fn a_function_reports_what_the_type_of_another_crate_owns() {
    struct Foreign(Vec<u8>);
    fn weigh_foreign(foreign: &Foreign, tracer: &mut Tracer<'_>) {
        tracer.owns(foreign.0.capacity());
    }
    #[derive(Trace)]
    struct Owner {
        // SAFETY: it owns no `Gc`, and only its capacity is read.
        #[trace(unsafe_with = weigh_foreign)]
        foreign: Foreign,
        name: String,
    }
    on_empty_heap(|| {
        let foreign = Foreign(Vec::with_capacity(1000));
        let owner = Gc::new(Owner { foreign, name: String::with_capacity(10) });
        assert_eq!(HeapSnapshot::capture().get(&owner).unwrap().owned(), 1010);
        assert!(owner.foreign.0.is_empty() && owner.name.is_empty());
        gcycle::gc::collect();
    });
}
