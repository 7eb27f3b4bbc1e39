//! Numbers for a service.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gcycle::gc::{self, Generation, Phase};
use gcycle::inspect::{Metrics, Monitor, Pauses};

use crate::heaps::{on_empty_heap, ring};
use crate::texts::{HOSTILE, is_harmless};

#[test]
fn a_monitor_sees_every_collection_while_it_lives() {
    on_empty_heap(|| {
        // There are no others to see.
        let _pause = gc::pause();
        gc::collect();
        let monitor = Monitor::start();
        drop(ring(3));
        gc::collect();
        gc::collect_generation(gc::Generation::Young);
        let metrics = monitor.sample();
        assert_eq!(metrics.pauses.count, 2);
        assert_eq!(metrics.pauses.histogram.iter().sum::<u64>(), 2);
        assert!(metrics.pauses.longest <= metrics.pauses.total);
        assert_eq!(metrics.generations, gc::get_stats());
        assert_eq!(metrics.memory, gc::memory());
        drop(monitor);
        gc::collect();
        assert_eq!(metrics.pauses.count, 2);
    });
}

#[test]
#[cfg_attr(miri, ignore = "makes a large heap")]
fn each_slice_of_a_collection_is_a_pause() {
    on_empty_heap(|| {
        let rings: Vec<_> = (0..if cfg!(gc_zeal) { 20 } else { 20_000 }).map(|_| ring(2)).collect();
        gc::collect();
        gc::set_budget(1000);
        let monitor = Monitor::start();
        let before = gc::get_stats();
        while gc::get_stats()[2].slices < before[2].slices + 10 {
            drop(ring(2));
            drop(rings.last().cloned());
        }
        let after = gc::get_stats();
        let slices =
            |stats: [gc::GenerationStats; 3]| stats.iter().map(|of| of.slices).sum::<u64>();
        let pauses = monitor.sample().pauses;
        assert_eq!(pauses.count, slices(after) - slices(before));
        assert_eq!(pauses.histogram.iter().sum::<u64>(), pauses.count);
        assert!(pauses.longest < pauses.total);
    });
}

#[test]
fn a_pause_is_counted_below_the_first_limit_that_it_does_not_exceed() {
    on_empty_heap(|| {
        let monitor = Monitor::start();
        gc::collect();
        let Pauses { histogram, longest, .. } = monitor.sample().pauses;
        let bucket = histogram.iter().position(|&count| count > 0).unwrap();
        assert!(Pauses::LIMITS.get(bucket).is_none_or(|&limit| longest <= limit));
        let below = bucket.checked_sub(1).map_or(Duration::ZERO, |below| Pauses::LIMITS[below]);
        assert!(longest > below);
    });
}

#[test]
fn the_longest_pause_of_each_generation_is_the_longest_that_callbacks_were_told_of() {
    on_empty_heap(|| {
        let _pause = gc::pause();
        let longest = Rc::new(Cell::new([Duration::ZERO; 3]));
        let seen = Rc::clone(&longest);
        gc::add_callback(move |phase, info| {
            if phase == Phase::Stop {
                let mut longest = seen.get();
                let of_generation = &mut longest[info.generation as usize];
                *of_generation = info.duration.max(*of_generation);
                seen.set(longest);
            }
        });
        for rings in [1, if cfg!(miri) { 10 } else { 300 }, 1] {
            drop((0..rings).map(|_| ring(3)).collect::<Vec<_>>());
            gc::collect_generation(Generation::Young);
            gc::collect();
        }
        let stats = gc::get_stats();
        assert_eq!(stats.map(|stats| stats.max_pause), longest.get());
        assert_eq!(stats[1].max_pause, Duration::ZERO, "there was no middle collection");
        assert!(stats.iter().all(|stats| stats.max_pause <= stats.duration));
        let metrics = Monitor::start().sample();
        let exported = metrics.values().filter(|metric| metric.name == "gcycle_max_pause_seconds");
        let exported: Vec<f64> = exported.map(|metric| metric.value).collect();
        assert_eq!(exported, longest.get().map(|longest| longest.as_secs_f64()));
    });
}

#[test]
fn the_text_names_each_family_once_and_has_all_threads() {
    let sample = || {
        on_empty_heap(|| {
            let monitor = Monitor::start();
            gc::collect();
            monitor.sample()
        })
    };
    let (one, other) = (sample(), sample());
    let samples: [(&[(&str, &str)], &Metrics); 2] =
        [(&[("thread", "1")], &one), (&[("thread", "2")], &other)];
    let text = Metrics::to_prometheus(&samples);
    let mut families: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    let count = families.len();
    families.sort_unstable();
    families.dedup();
    assert_eq!(families.len(), count);
    assert!(text.ends_with("# EOF\n"));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        let name = name.split_once('{').unwrap().1;
        assert!(name.contains("thread=\"1\"") || name.contains("thread=\"2\""), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    let full = "gcycle_collections_total{thread=\"2\",generation=\"old\"} 1.0";
    assert!(text.lines().any(|line| line == full), "{text}");
    let last = "gcycle_pause_seconds_bucket{le=\"+Inf\",thread=\"1\"} 1";
    assert!(text.lines().any(|line| line == last), "{text}");
    assert_eq!(Metrics::to_prometheus(&[]), "# EOF\n");
}

#[test]
fn keys_of_labels_are_such_as_prometheus_allows_and_none_of_ours() {
    let metrics = Monitor::start().sample();
    let labels = [("a b\n}x", "1"), ("generation", "2"), ("le", "3"), ("", "4"), ("5", "5")];
    let text = Metrics::to_prometheus(&[(&labels, &metrics)]);
    let labels = r#"a_b__x="1",exported_generation="2",exported_le="3",_="4",_5="5""#;
    assert!(text.contains(&format!("gcycle_live_bytes{{{labels}}} ")), "{text}");
}

#[test]
fn the_text_says_what_the_values_are() {
    on_empty_heap(|| {
        let monitor = Monitor::start();
        drop(ring(3));
        gc::collect();
        let metrics = monitor.sample();
        let text = Metrics::to_prometheus(&[(&[], &metrics)]);
        for metric in metrics.values() {
            let label = metric.label.map(|(key, value)| format!("{{{key}=\"{value}\"}}"));
            let name = format!("{}{} ", metric.name, label.unwrap_or_default());
            let line = text.lines().find(|line| line.starts_with(&name));
            let value: f64 =
                line.unwrap_or_else(|| panic!("{name} in {text}"))[name.len()..].parse().unwrap();
            assert!((value - metric.value).abs() <= metric.value.abs() * 1e-9, "{name}");
        }
        let mut below = 0;
        let buckets = text.lines().filter(|line| line.starts_with("gcycle_pause_seconds_bucket"));
        for (line, count) in buckets.zip(metrics.pauses.histogram) {
            below += count;
            assert!(line.ends_with(&format!(" {below}")), "{line}");
        }
    });
}

#[test]
fn labels_may_hold_any_text() {
    on_empty_heap(|| {
        let metrics = Monitor::start().sample();
        for hostile in HOSTILE {
            let text = Metrics::to_prometheus(&[(&[("thread", hostile)], &metrics)]);
            let harmless = format!("{hostile:?}").replace("\\\"", "\"").replace("\\\\", "\\");
            let harmless = harmless.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            let escaped = harmless.replace('\\', "\\\\").replace('"', "\\\"");
            assert!(is_harmless(&text), "{text}");
            let found = text.split('\n').filter(|line| line.starts_with("gcycle_objects{"));
            let found: Vec<&str> = found.collect();
            assert_eq!(found, [format!("gcycle_objects{{thread=\"{escaped}\"}} 0.0")]);
            let is_known = |line: &str| {
                line.is_empty() || line.starts_with("# ") || line.starts_with("gcycle_")
            };
            assert!(text.split('\n').all(is_known), "{text}");
        }
    });
}

#[test]
fn numbers_print_as_a_table() {
    on_empty_heap(|| {
        let table = Monitor::start().sample().to_string();
        assert_eq!(table.lines().count(), 2 + 9 * 3 + 5, "{table}");
    });
}
