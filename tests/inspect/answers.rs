//! What a snapshot can be asked.

use gcycle::gc::Object;
use gcycle::inspect::{HeapSnapshot, ObjectId};
use gcycle::{Gc, Trace, gc};

use crate::heaps::{Vertex, list, on_empty_heap, ring, vertex};

#[test]
fn an_object_is_found_by_any_handle_and_by_its_address() {
    on_empty_heap(|| {
        let number = Gc::new(7_u32);
        let object = Object::from(&number);
        let snapshot = HeapSnapshot::capture();
        let by_handle = snapshot.get(&number).unwrap();
        assert_eq!(snapshot.get(&object), Some(by_handle));
        assert_eq!(snapshot.get(by_handle), Some(by_handle));
        assert_eq!(snapshot.get(ObjectId(gc::id(&number))), Some(by_handle));
        assert_eq!(by_handle.id().0, object.id());
        assert_eq!(by_handle.type_name(), object.type_name());
        assert_eq!(by_handle.size(), object.size());
        assert_eq!(by_handle.ref_count(), object.ref_count());
        assert_eq!(by_handle.generation(), object.generation());
        assert_eq!(by_handle.is_tracked(), object.is_tracked());
    });
}

#[test]
fn unsized_values_have_their_own_sizes() {
    on_empty_heap(|| {
        let text: Gc<str> = Gc::from("twelve bytes");
        let slice: Gc<[u16]> = Gc::from(vec![1_u16, 2, 3]);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.get(&text).unwrap().size(), 12);
        assert_eq!(snapshot.get(&slice).unwrap().size(), 6);
        assert_eq!(snapshot.find("str").count(), 1);
    });
}

#[test]
fn what_is_not_there_has_no_answers() {
    on_empty_heap(|| {
        let snapshot = HeapSnapshot::capture();
        assert!(snapshot.is_empty());
        let late = Gc::new(1_u8);
        assert_eq!(snapshot.get(&late), None);
        assert_eq!(snapshot.retained_size(&late), 0);
        assert!(snapshot.path_to_root(&late).is_none());
        assert_eq!(snapshot.paths_to(&late).count(), 0);
        assert_eq!(snapshot.referrers(&late).count() + snapshot.referents(&late).count(), 0);
        assert!(snapshot.cycles().is_empty());
        assert_eq!(snapshot.dominators().top().len(), 0);
        assert_eq!(snapshot.census().to_string().lines().count(), 3, "a head and a sum");
    });
}

#[test]
fn a_snapshot_keeps_nothing_alive_and_refers_to_nothing() {
    on_empty_heap(|| {
        let kept = ring(3);
        let weak = Gc::downgrade(&kept);
        let before = Gc::strong_count(&kept);
        let snapshot = HeapSnapshot::capture();
        let _answers = (snapshot.cycles(), snapshot.dominators(), snapshot.path_to_root(&kept));
        assert_eq!(Gc::strong_count(&kept), before);
        assert_eq!(gc::get_referrers(&[Object::from(&kept)]).len(), 1, "its neighbour in the ring");
        drop(kept);
        gc::collect();
        assert!(weak.upgrade().is_none());
        assert_eq!(snapshot.len(), 3, "the snapshot is as it was");
    });
}

#[test]
fn taking_a_snapshot_changes_nothing_on_the_heap() {
    on_empty_heap(|| {
        let pause = gc::pause();
        let _held = (ring(10), list(10), Gc::new("text"));
        let state = || (gc::memory(), gc::get_count(), gc::get_stats());
        let before = state();
        let one = HeapSnapshot::capture();
        let other = HeapSnapshot::capture();
        assert_eq!(state(), before);
        assert_eq!(one.diff(&other).new_objects().len(), 0);
        drop(pause);
    });
}

#[test]
fn a_snapshot_can_be_looked_at_on_another_thread() {
    on_empty_heap(|| {
        let _held = (ring(10), list(100));
        let snapshot = HeapSnapshot::capture();
        let bytes = snapshot.bytes();
        let elsewhere = std::thread::spawn(move || {
            let top: usize =
                snapshot.dominators().top().map(gcycle::inspect::ObjectInfo::retained_size).sum();
            (top, snapshot.cycles().len())
        });
        assert_eq!(elsewhere.join().unwrap(), (bytes, 1));
    });
}

#[test]
fn several_handles_in_one_object_are_several_edges() {
    on_empty_heap(|| {
        let target = vertex();
        let owner = vertex();
        owner.edges.borrow_mut().extend([target.clone(), target.clone(), owner.clone()]);
        let snapshot = HeapSnapshot::capture();
        let target = snapshot.get(&target).unwrap();
        assert_eq!(target.referrers().len(), 2);
        assert_eq!(target.external_count(), 1);
        assert_eq!(snapshot.get(&owner).unwrap().referrers().len(), 1, "it refers to itself");
        assert!(snapshot.cycles().is_empty(), "cycles have more than one object");
        owner.edges.borrow_mut().clear();
    });
}

/// Far fewer where each allocation checks the whole heap.
const MILLION: usize = if cfg!(miri) {
    30
} else if cfg!(gc_zeal) {
    2_000
} else {
    1_000_000
};

/// Everything that could recurse, on a small stack.
#[test]
fn a_list_of_a_million_objects_needs_no_deep_stack() {
    let thread = std::thread::Builder::new().stack_size(128 * 1024);
    let run = thread.spawn(move || {
        let head = list(MILLION);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.len(), MILLION);
        assert_eq!(snapshot.retained_size(&head), snapshot.bytes());
        assert!(snapshot.cycles().is_empty());
        let last = snapshot.objects().find(|object| object.referents().len() == 0).unwrap();
        assert_eq!(snapshot.path_to_root(last).unwrap().edges().len(), MILLION - 1);
        assert_eq!(snapshot.paths_to(last).count(), 1);
        let dominators = snapshot.dominators();
        assert_eq!(dominators.top().len(), 1);
        assert_eq!(snapshot.diff(&snapshot).new_objects().len(), 0);
        snapshot.to_heapsnapshot(std::io::sink()).unwrap();
        let everything = gcycle::inspect::Drawing::new().limit(20);
        assert!(snapshot.to_svg(&everything).contains("drawn by type"));
        assert!(snapshot.to_dot(&everything).contains("drawn by type"));
        drop(snapshot);
        drop(head);
    });
    run.unwrap().join().unwrap();
}

#[test]
fn a_ring_of_a_million_objects_is_one_cycle() {
    let thread = std::thread::Builder::new().stack_size(128 * 1024);
    let run = thread.spawn(move || {
        let held = ring(MILLION);
        let snapshot = HeapSnapshot::capture();
        let cycles = snapshot.cycles();
        assert_eq!(cycles.len(), 1);
        assert_eq!(cycles[0].members().len(), MILLION);
        assert!(!cycles[0].is_garbage());
        assert_eq!(cycles[0].bytes(), snapshot.retained_size(&held));
        drop(held);
        let garbage = HeapSnapshot::capture();
        assert!(garbage.cycles()[0].is_garbage());
        assert!(cycles[0].to_string().starts_with(&format!("cycle of {MILLION} objects: ")));
    });
    run.unwrap().join().unwrap();
}

#[test]
fn a_path_prints_as_one_would_write_it() {
    #[derive(Trace)]
    struct Shelf {
        lists: Vec<Gc<Vec<Gc<u8>>>>,
    }
    on_empty_heap(|| {
        let shelf = Gc::new(Shelf { lists: vec![Gc::new(vec![Gc::new(1)])] });
        let snapshot = HeapSnapshot::capture();
        let text = snapshot.path_to_root(&shelf.lists[0][0]).unwrap().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "a head, a line, and one for each object: {text}");
        assert!(lines[2].starts_with(" 1 handle from outside   <"), "{text}");
        assert!(lines[3].starts_with(" .lists[0]               <alloc::vec::Vec<"), "{text}");
        assert!(lines[4].starts_with(" [0]                     <u8 0x"), "{text}");
    });
}

#[test]
fn a_long_path_prints_its_ends_and_counts_the_rest() {
    on_empty_heap(|| {
        let long = list(1_203);
        let snapshot = HeapSnapshot::capture();
        let end = snapshot.objects().find(|object| object.referents().len() == 0).unwrap();
        let text = snapshot.path_to_root(end).unwrap().to_string();
        assert_eq!(text.lines().count(), 2 + 1 + 100 + 1 + 100, "{text}");
        assert!(text.contains("1,002 more"), "{text}");
        assert!(text.ends_with(&end.to_string()), "{text}");
        drop(long);
    });
}

#[test]
fn the_numbers_of_an_object_print() {
    on_empty_heap(|| {
        let held: Gc<Vertex> = vertex();
        let snapshot = HeapSnapshot::capture();
        let object = snapshot.get(&held).unwrap();
        assert_eq!(format!("{object:?}"), format!("{:?}", Object::from(&held)));
        assert_eq!(object.id().to_string(), format!("{:#x}", gc::id(&held)));
        assert!(
            format!("{snapshot:?}").starts_with("HeapSnapshot { objects: 1, edges: 0, bytes: ")
        );
    });
}
