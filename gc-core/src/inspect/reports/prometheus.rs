//! Metrics as the text that Prometheus reads, in the format `OpenMetrics`.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::inspect::reports::metrics::{Metric, Metrics, Pauses};
use crate::inspect::snapshot::harmless::Harmless;

impl Metrics {
    /// The numbers of several threads as one text in the format `OpenMetrics`, which Prometheus
    /// reads, each with its labels. Serve it as
    /// `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    ///
    /// The values of labels may hold any text; control characters in them are spelled out. In their
    /// keys, what Prometheus does not allow becomes
    /// `_`, and `exported_` is put before those that the metrics have themselves.
    ///
    /// ```
    /// use gcycle::inspect::{Metrics, Monitor};
    ///
    /// let metrics = Monitor::start().sample();
    /// let text = Metrics::to_prometheus(&[(&[("thread", "main")], &metrics)]);
    /// assert!(text.contains("gcycle_live_bytes{thread=\"main\"} 0"));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "prometheus")))]
    #[must_use]
    pub fn to_prometheus(samples: &[(&[(&str, &str)], &Metrics)]) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Samples::of(samples)));
        text_of(&registry)
    }
}

/// All numbers of a registry.
pub(crate) fn text_of(registry: &Registry) -> String {
    let mut text = String::new();
    // Text takes in everything.
    encode(&mut text, registry).unwrap_or_default();
    text
}

/// A key that Prometheus allows, and that is none of ours.
fn label_key(key: &str) -> String {
    let is_own = matches!(key, "generation" | "le");
    let starts_well = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let prefix = if is_own { "exported_" } else { ["_", ""][usize::from(starts_well)] };
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    prefix.chars().chain(key.chars().map(allowed)).collect()
}

/// The keys and values that tell threads apart.
type Labels = Vec<(String, String)>;

/// The numbers of threads, with their labels.
#[derive(Debug)]
pub(crate) struct Samples(Vec<(Labels, Metrics)>);

impl Collector for Samples {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some((_, first)) = self.0.first() else { return Ok(()) };
        let shapes: Vec<Metric> = first.values().collect();
        // Those of one name stand side by side, each of another generation.
        let mut place = 0;
        for family in shapes.chunk_by(|one, other| one.name == other.name) {
            self.encode_family(&mut encoder, family, place)?;
            place += family.len();
        }
        self.encode_pauses(&mut encoder)
    }
}

impl Samples {
    /// These numbers, with labels that Prometheus allows.
    pub(crate) fn of(samples: &[(&[(&str, &str)], &Metrics)]) -> Samples {
        let owned = |&(key, text): &(&str, &str)| (label_key(key), Harmless(text).to_string());
        let samples = samples
            .iter()
            .map(|&(labels, metrics)| (labels.iter().map(owned).collect(), *metrics))
            .collect();
        Samples(samples)
    }

    /// Encodes the metrics from `place` on, which look like these.
    fn encode_family(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        family: &[Metric],
        place: usize,
    ) -> fmt::Result {
        let Metric { name, help, is_counter, .. } = family[0];
        let kind = if is_counter { MetricType::Counter } else { MetricType::Gauge };
        // The encoder adds what the names of counters end with.
        let name = name.strip_suffix("_total").unwrap_or(name);
        let mut encoder = encoder.encode_descriptor(name, help, None, kind)?;
        for (labels, metrics) in &self.0 {
            for metric in metrics.values().skip(place).take(family.len()) {
                let own = metric.label.map(|(key, text)| (key.to_string(), text.to_string()));
                let labels: Labels = labels.iter().cloned().chain(own).collect();
                let mut encoder = encoder.encode_family(&labels)?;
                if is_counter {
                    encoder.encode_counter::<NoLabelSet, f64, f64>(&metric.value, None)?;
                } else {
                    encoder.encode_gauge(&metric.value)?;
                }
            }
        }
        Ok(())
    }

    fn encode_pauses(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let (name, help) = ("gcycle_pause_seconds", "How long collections stopped the program.");
        let mut encoder = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, metrics) in &self.0 {
            let Pauses { count, total, histogram, .. } = metrics.pauses;
            let limits = Pauses::LIMITS.iter().map(core::time::Duration::as_secs_f64);
            let buckets: Vec<(f64, u64)> = limits.chain([f64::INFINITY]).zip(histogram).collect();
            let sum = total.as_secs_f64();
            encoder
                .encode_family(labels)?
                .encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}
