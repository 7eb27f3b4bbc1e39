//! The numbers of the shared heap that a service exports.

use gcycle::inspect::SharedMetrics;
use gcycle::sync;

use crate::values::{Counter, ring, turn};

fn value(metrics: &SharedMetrics, name: &str) -> f64 {
    let mut found = metrics.values().filter(|metric| metric.name == name);
    let metric = found.next().unwrap_or_else(|| panic!("{name} is missing"));
    assert!(found.next().is_none() && !metric.help.is_empty());
    assert_eq!(metric.is_counter, name.ends_with("_total"));
    metric.value
}

#[test]
fn metrics_say_what_collections_did() {
    let _turn = turn();
    let counter = Counter::default();
    sync::gc::collect();
    let before = SharedMetrics::sample();
    drop(ring(&counter, 7));
    assert!(SharedMetrics::sample().candidates > before.candidates);
    sync::gc::collect();
    let after = SharedMetrics::sample();
    let grown = |name| value(&after, name) - value(&before, name);
    assert!((grown("gcycle_shared_collections_total") - 1.0).abs() < 0.5);
    assert!((grown("gcycle_shared_collected_objects_total") - 7.0).abs() < 0.5);
    assert!((grown("gcycle_shared_traced_objects_total") - 7.0).abs() < 0.5);
    assert!((grown("gcycle_shared_suspected_objects_total") - 7.0).abs() < 0.5);
    assert!(grown("gcycle_shared_refuted_objects_total").abs() < 0.5);
    assert!(grown("gcycle_shared_collection_seconds_total") >= 0.0);
    assert_eq!(after.stats, sync::gc::get_stats());
    for (name, number) in [
        ("gcycle_shared_candidates", after.candidates),
        ("gcycle_shared_candidates_limit", sync::gc::get_threshold()),
        ("gcycle_shared_backlog_objects", sync::gc::get_backlog()),
    ] {
        let number = f64::from(u32::try_from(number).unwrap());
        assert!((value(&after, name) - number).abs() < 0.5, "{name}");
    }
    assert_eq!(after.to_string().lines().count(), 2 + after.values().count());
    counter.all_are_dropped();
}

#[cfg(feature = "prometheus")]
#[test]
fn the_text_of_threads_and_of_what_they_share_is_one() {
    use gcycle::inspect::{Metrics, Monitor};

    let _turn = turn();
    let shared = SharedMetrics::sample();
    let alone = shared.to_prometheus(&[]);
    for metric in shared.values() {
        let value =
            alone.lines().find_map(|line| line.strip_prefix(metric.name)?.strip_prefix(' '));
        let value: f64 =
            value.unwrap_or_else(|| panic!("{}: {alone}", metric.name)).parse().unwrap();
        assert!((value - metric.value).abs() <= metric.value.abs() * 1e-9, "{}", metric.name);
    }
    let thread = Monitor::start().sample();
    let samples: [(&[(&str, &str)], &Metrics); 1] = [(&[("thread", "1")], &thread)];
    let text = shared.to_prometheus(&samples);
    assert!(text.contains("gcycle_live_bytes{thread=\"1\"}"));
    assert_eq!(text.matches("# EOF").count(), 1);
    assert!(text.ends_with("# EOF\n"));
    let mut families: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    let count = families.len();
    families.sort_unstable();
    families.dedup();
    assert_eq!(families.len(), count);
}
