//! A service that exports what its collectors do.
//!
//! ```console
//! $ cargo run --features tracing --example service_metrics
//! ```
//!
//! Each worker has a heap of its own, with a [`Monitor`], and sends its numbers
//! to the thread that answers `/metrics`; that text is printed here. With the
//! feature `tracing` each collection is a span, too, and a small subscriber
//! prints the full ones.

#![expect(clippy::std_instead_of_core, reason = "written as a user would write it")]

use std::cell::RefCell;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gcycle::inspect::{Metrics, Monitor};
use gcycle::{Gc, Trace, gc};

/// What a worker makes for each request: a session that its parts refer back
/// to.
#[derive(Trace)]
struct Session {
    parts: RefCell<Vec<Gc<Part>>>,
}

#[derive(Trace)]
struct Part {
    session: Gc<Session>,
    number: usize,
}

/// Handles a request; what it makes is a cycle, and garbage afterwards.
fn handle(request: usize) -> usize {
    let session = Gc::new(Session { parts: RefCell::default() });
    for number in 0..request % 5 {
        let part = Gc::new(Part { session: session.clone(), number });
        session.parts.borrow_mut().push(part);
    }
    let last = session.parts.borrow().last().cloned();
    last.map_or(0, |part| part.number + part.session.parts.borrow().len())
}

/// Handles requests, and reports.
fn work(name: String, requests: usize, report: &Sender<(String, Metrics)>) {
    let monitor = Monitor::start();
    let mut answered = 0;
    for request in 0..requests {
        answered += handle(request);
    }
    gc::collect();
    assert!(answered > 0);
    // A service would do this now and then.
    report.send((name, monitor.sample())).expect("somebody exports the numbers");
}

fn main() {
    #[cfg(feature = "tracing")]
    spans::print();
    let (report, reports) = channel();
    for worker in 1..=2 {
        let report = report.clone();
        let name = format!("worker {worker}");
        thread::spawn(move || work(name, worker * 20_000, &report));
    }
    drop(report);

    let mut reports: Vec<(String, Metrics)> = reports.iter().collect();
    reports.sort_by(|one, other| one.0.cmp(&other.0));
    let labels: Vec<[(&str, &str); 1]> =
        reports.iter().map(|(name, _)| [("thread", name.as_str())]).collect();
    let samples: Vec<(&[(&str, &str)], &Metrics)> =
        labels.iter().zip(&reports).map(|(labels, (_, metrics))| (&labels[..], metrics)).collect();
    println!("GET /metrics\n\n{}", Metrics::to_prometheus(&samples));
}

/// A subscriber that prints the spans of full collections.
#[cfg(feature = "tracing")]
mod spans {
    use std::fmt::{Debug, Write as _};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Prints spans from now on.
    pub(super) fn print() {
        let printer = Printer { last: AtomicU64::new(0), open: Mutex::new(Vec::new()) };
        tracing::subscriber::set_global_default(printer).expect("there is no other subscriber");
    }

    /// The spans that are open, with what is known of them.
    struct Printer {
        last: AtomicU64,
        open: Mutex<Vec<(u64, String)>>,
    }

    /// Writes fields one behind the other.
    struct Fields<'a>(&'a mut String);

    impl Visit for Fields<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, " {}={value:?}", field.name()).expect("a String takes everything");
        }
    }

    impl Subscriber for Printer {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.name() == "gc"
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
            let mut text = String::new();
            span.record(&mut Fields(&mut text));
            self.open.lock().unwrap().push((id, text));
            Id::from_u64(id)
        }

        fn record(&self, span: &Id, values: &Record<'_>) {
            let mut open = self.open.lock().unwrap();
            if let Some((_, text)) = open.iter_mut().find(|(id, _)| *id == span.into_u64()) {
                values.record(&mut Fields(text));
            }
        }

        fn exit(&self, span: &Id) {
            let mut open = self.open.lock().unwrap();
            if let Some(place) = open.iter().position(|(id, _)| *id == span.into_u64()) {
                let (_, text) = open.swap_remove(place);
                if text.contains("generation=2") {
                    println!("span gc{text}");
                }
            }
        }

        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {}
        fn enter(&self, _: &Id) {}
    }
}
