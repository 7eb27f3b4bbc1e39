//! The heap over time.

use std::time::Duration;

use gcycle::inspect::{HeapSnapshot, HtmlPage, Interval, Recorder, Recording};
use gcycle::{Gc, Trace, gc};

use crate::heaps::{Random, list, on_empty_heap, random_heap, ring};

#[test]
fn every_collection_is_a_moment_if_it_is_to_be() {
    on_empty_heap(|| {
        let _pause = gc::pause();
        let recorder = Recorder::start(Interval::Collections(1));
        let mut kept = Vec::new();
        for round in 0..5_usize {
            kept.push(list(3));
            drop(ring(round + 1));
            gc::collect();
        }
        let recording = recorder.recording();
        let moments = recording.moments();
        assert_eq!(moments.len(), 6, "the start, and five collections");
        for (round, pair) in moments.windows(2).enumerate() {
            assert_eq!(pair[1].collected - pair[0].collected, round as u64 + 1);
            assert_eq!(pair[1].memory.objects, 3 * (round + 1));
            assert_eq!((pair[1].collections - pair[0].collections, pair[1].pauses.count), (1, 1));
            assert!(pair[0].at <= pair[1].at);
        }
        drop(recorder);
        gc::collect();
        assert_eq!(recording.moments().len(), 6);
    });
}

#[test]
fn growth_between_moments_is_that_of_snapshots() {
    for seed in 1..=if cfg!(miri) { 2 } else { 60 } {
        on_empty_heap(move || {
            let _pause = gc::pause();
            let mut random = Random(seed * 0x9E37_79B1);
            let recorder = Recorder::start(Interval::Collections(u64::MAX));
            let (mut held, mut snapshots) = (Vec::new(), vec![HeapSnapshot::capture()]);
            for _ in 0..4 {
                held.push((random_heap(&mut random), list(random.below(9) + 1), Gc::new(1_u8)));
                if random.below(3) == 0 {
                    held.clear();
                }
                recorder.record();
                snapshots.push(HeapSnapshot::capture());
            }
            let recording = recorder.recording();
            let (from, to) = (random.below(5), random.below(5));
            let found = recording.growth(from, to);
            let expected = snapshots[to].diff(&snapshots[from]);
            let numbers = |rows: &[gcycle::inspect::GrowthRow]| {
                let mut rows: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        let counts = (row.count_before, row.count_after);
                        (row.type_name, counts, (row.bytes_before, row.bytes_after))
                    })
                    .collect();
                rows.sort_unstable();
                rows
            };
            assert_eq!(numbers(&found), numbers(expected.rows()));
            assert!(found.is_sorted_by_key(|row| std::cmp::Reverse(row.bytes_growth())));
        });
    }
}

#[test]
fn a_recording_is_bounded_and_covers_all_the_time() {
    on_empty_heap(|| {
        let _pause = gc::pause();
        let recorder = Recorder::start_with(Interval::Collections(1), 8);
        let mut longest = 0;
        for round in 1..=if cfg!(miri) { 40 } else { 1000_u64 } {
            gc::collect_generation(gc::Generation::Young);
            let recording = recorder.recording();
            longest = longest.max(recording.moments().len());
            let first = &recording.moments()[0];
            let last = recording.moments().last().unwrap();
            assert_eq!(first.collections, 0, "the first moment stays");
            assert!(2 * last.collections >= round, "the last one is not long ago");
            let pauses: u64 = recording.moments().iter().map(|moment| moment.pauses.count).sum();
            assert_eq!(pauses, last.collections, "no pause is lost");
        }
        assert!((5..=8).contains(&longest), "{longest}");
    });
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "it waits")]
fn an_interval_of_time_is_over_when_it_is() {
    on_empty_heap(|| {
        let recorder = Recorder::start(Duration::from_secs(3600));
        gc::collect();
        recorder.record_if_due();
        assert_eq!(recorder.recording().moments().len(), 1);
        let eager = Recorder::start(Duration::ZERO);
        gc::collect();
        eager.record_if_due();
        assert_eq!(eager.recording().moments().len(), 3);
    });
}

#[test]
fn a_recording_can_be_sent_and_prints() {
    fn is_plain_data<T: Send + Sync + 'static>(_: &T) {}
    on_empty_heap(|| {
        let recorder = Recorder::start(Interval::Collections(1));
        gc::collect();
        let recording = recorder.recording();
        is_plain_data(&recording);
        let table = recording.to_string();
        assert_eq!(table.lines().count(), 4, "{table}");
        assert_eq!(Recording::default().to_string().lines().count(), 2);
        assert!(format!("{recorder:?}").contains("moments: 2"));
    });
}

#[test]
fn the_page_has_the_recording_with_hostile_names() {
    #[derive(Trace)]
    #[trace(name = "</script><script>alert(1)//")]
    struct Nasty(Gc<u8>);
    on_empty_heap(|| {
        let _pause = gc::pause();
        let recorder = Recorder::start(Interval::Collections(1));
        let nasty = Gc::new(Nasty(Gc::new(1)));
        gc::collect();
        assert_eq!(*nasty.0, 1);
        let recording = recorder.recording();
        let mut page = Vec::new();
        let settings = HtmlPage::new("over time").with_recording(&recording);
        HeapSnapshot::capture().to_html(&settings, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert_eq!(page.matches("</script").count(), 2);
        let heap = page.split("id=\"heap\">").nth(1).unwrap().split("</script>").next().unwrap();
        let heap: serde_json::Value = serde_json::from_str(heap).unwrap();
        let moments = heap["timeline"]["moments"].as_array().unwrap();
        assert_eq!(moments.len(), 2);
        assert_eq!(moments[1][1], 2, "the objects");
        assert_eq!(moments[1][8].as_array().unwrap().len(), 2, "their types");
        let types = heap["timeline"]["types"].as_array().unwrap();
        assert!(types.contains(&"</script><script>alert(1)//".into()));
    });
}

#[test]
fn moments_that_the_program_asks_for_do_not_make_the_others_rarer() {
    on_empty_heap(|| {
        let _pause = gc::pause();
        let recorder = Recorder::start_with(Interval::Collections(1), 8);
        for _ in 0..100 {
            recorder.record();
        }
        let before = recorder.recording().moments().last().unwrap().collections;
        gc::collect();
        let after = recorder.recording().moments().last().unwrap().collections;
        assert_eq!(after, before + 1, "the collection made a moment");
    });
}
