//! What the measurement looks like: tables for people, one JSON object for
//! programs.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use indicatif::{DecimalBytes, HumanCount};
use serde::Serialize;

use super::compare::{Comparison, ROUNDS};
use super::measure::Measurement;

/// All there is to tell.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(crate) measurement: Measurement,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compare: Option<Comparison>,
}

impl Report {
    /// One JSON object.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and names are all JSON")
    }

    /// Tables, one below the other.
    pub(crate) fn tables(&self) -> String {
        let it = &self.measurement;
        let mut tables = vec![pages(it), nodes(it), generations(it), memory(it)];
        tables.extend(self.compare.as_ref().map(comparison));
        let tables: Vec<_> = tables.iter().map(ToString::to_string).collect();
        tables.join("\n") + "\n"
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn count(number: impl TryInto<u64>) -> String {
    HumanCount(number.try_into().unwrap_or(u64::MAX)).to_string()
}

fn size(bytes: usize) -> String {
    DecimalBytes(bytes as u64).to_string()
}

/// A time with three digits and a unit.
fn time(nanoseconds: u64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let nanoseconds = nanoseconds as f64;
    match units.into_iter().find(|(length, _)| nanoseconds >= *length) {
        Some((length, unit)) => format!("{:.3} {unit}", nanoseconds / length),
        None => format!("{nanoseconds} ns"),
    }
}

fn pages(it: &Measurement) -> Table {
    let mut table = table(&["pages", "", "time"]);
    let found = &it.findings;
    table
        .add_row(["files parsed", &count(it.files), &time(it.parse_ns)])
        .add_row(["HTML", &size(it.input_bytes), ""])
        .add_row(["mistakes mended by the parser", &count(it.parse_errors), ""])
        .add_row(["files in quirks mode", &count(it.quirky_files), ""])
        .add_row(["ancestors of the deepest text", &count(found.deepest), &time(it.visit_ns)])
        .add_row(["links", &count(found.links), ""])
        .add_row(["links inside a <nav>", &count(found.links_in_navigation), ""])
        .add_row(["text", &size(found.text_bytes), ""])
        .add_row(["subtrees detached", &count(found.detached), ""])
        .add_row(["text left", &size(found.text_bytes_left), ""])
        .add_row(["trees dropped", &count(it.files), &time(it.drop_ns)]);
    table
}

fn nodes(it: &Measurement) -> Table {
    let mut table = table(&["nodes", ""]);
    table
        .add_row(["built", &count(it.nodes)])
        .add_row(["elements among them", &count(it.elements)])
        .add_row(["freed by count", &count(it.freed_by_count)])
        .add_row(["freed by the collector", &count(it.freed_by_collector)])
        .add_row(["still alive", &count(it.live_after)]);
    table
}

fn generations(it: &Measurement) -> Table {
    let mut table = table(&["collections of", "number", "freed", "traced", "time"]);
    for (name, totals) in ["young", "middle", "old"].into_iter().zip(&it.generations) {
        table.add_row([
            name,
            &count(totals.collections),
            &count(totals.freed),
            &count(totals.traced),
            &time(totals.duration_ns),
        ]);
    }
    let all = it.generations.iter().map(|totals| totals.duration_ns).sum();
    table.add_row([
        "all",
        &count(it.collections),
        &count(it.freed_by_collector),
        &count(it.traced),
        &time(all),
    ]);
    table
        .add_row(["median pause", "", "", "", &time(it.median_pause_ns)])
        .add_row(["99 % of the pauses within", "", "", "", &time(it.p99_pause_ns)])
        .add_row(["longest pause", "", "", "", &time(it.max_pause_ns)]);
    table
}

fn memory(it: &Measurement) -> Table {
    let mut table = table(&["memory", "trees standing", "trees dropped", "returned"]);
    let returned = |before: usize, after: usize| match before {
        0 => String::from("-"),
        _ => format!("{:.1} %", share(before.saturating_sub(after), before)),
    };
    table
        .add_row([
            "live objects",
            &count(it.live_before),
            &count(it.live_after),
            &returned(it.live_before, it.live_after),
        ])
        .add_row([
            "bytes of live objects",
            &size(it.live_bytes_before),
            &size(it.live_bytes_after),
            &returned(it.live_bytes_before, it.live_bytes_after),
        ])
        .add_row([
            "bytes held by the heap",
            &size(it.bytes_before),
            &size(it.bytes_after),
            &returned(it.bytes_before, it.bytes_after),
        ])
        .add_row(["bytes returned", "", "", &size(it.bytes_returned)]);
    table
}

#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn ratio(gc: u64, rc: u64) -> String {
    format!("{:.2}", gc as f64 / rc as f64)
}

fn comparison(comparison: &Comparison) -> Table {
    let Comparison { files, gc, rc } = comparison;
    let mut table = table(&[&format!("best of {ROUNDS} rounds"), "Gc", "Rc and Weak", "Gc : Rc"]);
    let files = count(*files);
    table.add_row(["files compared", &files, &files, ""]);
    let rows = [
        ("parse", gc.parse_ns, rc.parse_ns),
        ("walk and edit", gc.visit_ns, rc.visit_ns),
        ("drop, and collect", gc.drop_ns, rc.drop_ns),
        ("all", gc.total_ns(), rc.total_ns()),
    ];
    for (name, gc, rc) in rows {
        table.add_row([name, &time(gc), &time(rc), &ratio(gc, rc)]);
    }
    let bytes = ratio(gc.bytes as u64, rc.bytes as u64);
    table.add_row(["bytes of nodes and child lists", &size(gc.bytes), &size(rc.bytes), &bytes]);
    table
}
