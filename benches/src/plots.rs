//! The plots: bars for each workload, on a logarithmic scale, shorter is
//! better; and rings of two over growing heaps.

use std::error::Error;
use std::fs;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::{LIBRARIES, measured, number};
use crate::results::{Results, TIME};
use crate::workers::ALLOCATORS;
use crate::workloads::{Group, Workload};

type Drawing<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Outcome = Result<(), Box<dyn Error>>;

const OURS: RGBColor = RGBColor(0x1b, 0x7f, 0x4d);
const YARDSTICK: RGBColor = RGBColor(0x5b, 0x6b, 0x7b);
const PEER: RGBColor = RGBColor(0xb9, 0xc6, 0xd2);
const INK: RGBColor = RGBColor(0x22, 0x2b, 0x33);
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

const WIDTH: u32 = 900;
const COLUMNS: usize = 2;
const ROW: i32 = 18;
const TITLE: i32 = 34;
const LABELS: i32 = 130;
const FIGURES: i32 = 60;

/// Draws all plots.
///
/// # Errors
///
/// If a file cannot be written.
pub(crate) fn draw(folder: &Path, results: &Results) -> Outcome {
    fs::create_dir_all(folder)?;
    for group in Group::ALL.into_iter().filter(|group| group.is_about_time()) {
        let workloads: Vec<_> = measured(results, group).collect();
        if !workloads.is_empty() {
            let path = folder.join(format!("{}.svg", group.slug()));
            bars(&path, &workloads, results)?;
        }
    }
    heaps(&folder.join("heaps.svg"), results)
}

/// The libraries that have a time, with it.
fn times(workload: &Workload, results: &Results) -> Vec<(&'static str, f64)> {
    let time = |library| results.minimum([workload.name, library, ALLOCATORS[0]], TIME);
    LIBRARIES.iter().filter_map(|&library| Some((library, time(library)?))).collect()
}

/// One panel for each workload, in two columns.
fn bars(path: &Path, workloads: &[&Workload], results: &Results) -> Outcome {
    let panels: Vec<_> = workloads.iter().map(|w| (*w, times(w, results))).collect();
    let height_of = |(_, times): &(&Workload, Vec<_>)| TITLE + ROW * times.len() as i32 + 14;
    let heights: Vec<i32> = panels
        .chunks(COLUMNS)
        .map(|row| row.iter().map(height_of).max().unwrap_or_default())
        .collect();
    let height = heights.iter().sum::<i32>() as u32 + 10;
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&PAPER)?;
    let mut top = 0;
    for (row, row_height) in panels.chunks(COLUMNS).zip(heights) {
        for (column, (workload, times)) in row.iter().enumerate() {
            let left = column as i32 * (WIDTH as i32 / COLUMNS as i32);
            panel(&area, (left, top), workload, times)?;
        }
        top += row_height;
    }
    area.present()?;
    Ok(())
}

/// The bars of one workload.
fn panel(
    area: &Drawing<'_>,
    (left, top): (i32, i32),
    workload: &Workload,
    times: &[(&'static str, f64)],
) -> Outcome {
    let title = ("sans-serif", 14).into_font().style(FontStyle::Bold).color(&INK);
    let text = format!("{}, ns per {}", workload.name, workload.unit);
    area.draw(&Text::new(text, (left + 12, top + 12), title))?;
    let positive = || times.iter().map(|(_, time)| time.max(0.01));
    let least = positive().fold(f64::INFINITY, f64::min) / 2.0;
    let most = positive().fold(0.0, f64::max);
    let room = WIDTH as i32 / COLUMNS as i32 - LABELS - FIGURES - 12;
    for (row, (library, time)) in times.iter().enumerate() {
        let y = top + TITLE + row as i32 * ROW;
        let share = (time.max(0.01) / least).ln() / (most / least).ln();
        let start = left + LABELS;
        let end = start + (f64::from(room) * share) as i32;
        let colour = match *library {
            "gcycle" => OURS,
            "Rc" | "Rc + Weak" | "typed-arena" => YARDSTICK,
            _ => PEER,
        };
        let name = ("sans-serif", 12).into_font().color(&INK);
        let right = name.pos(Pos::new(HPos::Right, VPos::Center));
        let plain = name_style().pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(*library, (start - 6, y + 7), right))?;
        area.draw(&Rectangle::new([(start, y + 1), (end, y + ROW - 4)], colour.filled()))?;
        area.draw(&Text::new(number(*time), (end + 5, y + 7), plain))?;
    }
    Ok(())
}

fn name_style() -> TextStyle<'static> {
    ("sans-serif", 12).into_font().color(&INK)
}

/// Rings of two above an empty heap, a million and ten million old objects.
fn heaps(path: &Path, results: &Results) -> Outcome {
    let steps = [(0, "rings_2"), (1, "rings_2_above_1m"), (2, "rings_2_above_10m")];
    let line = |library: &'static str| -> Vec<(i32, f64)> {
        let time = |workload| results.minimum([workload, library, ALLOCATORS[0]], TIME);
        steps.iter().filter_map(|&(x, workload)| Some((x, time(workload)?))).collect()
    };
    let lines: Vec<_> = LIBRARIES.into_iter().map(|name| (name, line(name))).collect();
    let lines: Vec<_> = lines.into_iter().filter(|(_, points)| points.len() == 3).collect();
    let all = || lines.iter().flat_map(|(_, points)| points.iter().map(|&(_, time)| time));
    if lines.is_empty() {
        return Ok(());
    }
    let area = SVGBackend::new(path, (WIDTH, 420)).into_drawing_area();
    area.fill(&PAPER)?;
    let least = all().fold(f64::INFINITY, f64::min) * 0.8;
    let most = all().fold(0.0, f64::max) * 1.3;
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .margin_right(150)
        .caption("rings_2: ns per ring while older objects are alive", ("sans-serif", 15))
        .x_label_area_size(34)
        .y_label_area_size(60)
        .build_cartesian_2d(0..2, (least..most).log_scale())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(3)
        .x_label_formatter(&|x| ["none", "1,000,000", "10,000,000"][*x as usize % 3].to_owned())
        .y_label_formatter(&|time| number(*time))
        .light_line_style(PAPER)
        .draw()?;
    for (library, points) in &lines {
        let colour = if *library == "gcycle" { OURS } else { YARDSTICK };
        let width = if *library == "gcycle" { 3 } else { 1 };
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(width)))?;
        let (x, y) = chart.backend_coord(&points[2]);
        area.draw(&Text::new(*library, (x + 8, y - 6), name_style()))?;
    }
    area.present()?;
    Ok(())
}
