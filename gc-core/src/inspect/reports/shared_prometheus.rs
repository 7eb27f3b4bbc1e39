//! The numbers of shared objects as the text that Prometheus reads.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::inspect::reports::metrics::{Metric, Metrics};
use crate::inspect::reports::prometheus::{Samples, text_of};
use crate::inspect::reports::shared_metrics::SharedMetrics;

impl SharedMetrics {
    /// These numbers as a text in the format `OpenMetrics`, which Prometheus reads, and with them
    /// those of threads, as in [`Metrics::to_prometheus`]: a text has one end, so that two cannot be put
    /// together.
    ///
    /// ```
    /// use gcycle::inspect::SharedMetrics;
    ///
    /// let text = SharedMetrics::sample().to_prometheus(&[]);
    /// assert!(text.contains("gcycle_shared_backlog_objects 0"));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "prometheus")))]
    #[must_use]
    pub fn to_prometheus(&self, threads: &[(&[(&str, &str)], &Metrics)]) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Samples::of(threads)));
        registry.register_collector(Box::new(*self));
        text_of(&registry)
    }
}

impl Collector for SharedMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for Metric { name, help, is_counter, value, .. } in self.values() {
            let kind = if is_counter { MetricType::Counter } else { MetricType::Gauge };
            // The encoder adds what the names of counters end with.
            let name = name.strip_suffix("_total").unwrap_or(name);
            let mut encoder = encoder.encode_descriptor(name, help, None, kind)?;
            if is_counter {
                encoder.encode_counter::<NoLabelSet, f64, f64>(&value, None)?;
            } else {
                encoder.encode_gauge(&value)?;
            }
        }
        Ok(())
    }
}
