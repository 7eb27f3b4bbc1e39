//! The heap as a picture: an SVG file without external references.
//!
//! Colours are variables, so that one file looks right on a light and on a dark
//! background.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::inspect::pictures::drawing::{Arrow, Drawing, Picture, PictureBox, Role};
use crate::inspect::pictures::labels::{Area, place};
use crate::inspect::pictures::layout::{Layout, Point, lay_out};
use crate::inspect::pictures::lines::{BOX_HEIGHT, Lines, Side, Way};
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;

const STYLE: &str = include_str!("assets/picture.css");

const LEAST_WIDTH: f64 = 96.0;
/// The widths of a letter of the title, the detail, and a label, at the most.
const TITLE_LETTER: f64 = 7.6;
const DETAIL_LETTER: f64 = 6.0;
const LABEL_LETTER: f64 = 5.6;
const MARGIN: f64 = 24.0;
const HEAD: f64 = 48.0;
/// Wide enough for the legend.
const LEAST_TOTAL_WIDTH: f64 = 420.0;
/// Longer titles are cut; the hint has all of it.
const TITLE_LETTERS: usize = 32;

impl HeapSnapshot {
    /// The heap as a picture in SVG.
    ///
    /// If there are more than [200](Drawing::limit) objects, it has one box for each
    /// type.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::{Drawing, HeapSnapshot}};
    ///
    /// let list = Gc::new(vec![Gc::new(1)]);
    /// let svg = HeapSnapshot::capture().to_svg(&Drawing::new());
    /// assert!(svg.starts_with("<svg") && svg.contains("2 objects"));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "inspect-svg")))]
    #[must_use]
    pub fn to_svg(&self, drawing: &Drawing) -> String {
        let mut picture = drawing.compose(self);
        picture.merge_arrows();
        Svg::of(picture).to_string()
    }
}

/// A picture with places for everything.
struct Svg {
    picture: Picture,
    /// The widths of the boxes.
    widths: Vec<f64>,
    layout: Layout,
    ways: Vec<Way>,
    /// Where the label of each way stands, if there is room for it.
    labels: Vec<Option<(Point, Side)>>,
}

impl Svg {
    fn of(picture: Picture) -> Svg {
        let widths: Vec<f64> = picture.boxes.iter().map(width).collect();
        let arrows: Vec<(usize, usize)> =
            picture.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
        let lines = Lines::new(&arrows, widths.len());
        let labels = picture.arrows.iter().map(|arrow| arrow.label.chars().count());
        let labels: Vec<f64> = labels.map(|letters| length(letters) * LABEL_LETTER).collect();
        let room = lines.widths_with_labels(&widths, &labels);
        let layout = lay_out(&room, BOX_HEIGHT, &arrows);
        let way = |(number, passes): (usize, &Vec<Point>)| {
            lines.way(number, &layout.centers, &widths, passes)
        };
        let ways: Vec<Way> = layout.ways.iter().enumerate().map(way).collect();
        let boxes = layout.centers.iter().zip(&widths).map(|(center, width)| Area {
            left: center.x - width / 2.0,
            right: center.x + width / 2.0,
            top: center.y - BOX_HEIGHT / 2.0,
            bottom: center.y + BOX_HEIGHT / 2.0,
        });
        let labels = place(&ways, &labels, boxes.collect(), &whole(&layout));
        Svg { picture, widths, layout, ways, labels }
    }

    /// Everything up to the picture itself.
    fn begin(&self, svg: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = (self.layout.width + 2.0 * MARGIN).max(LEAST_TOTAL_WIDTH);
        let height = self.layout.height + HEAD + 2.0 * MARGIN;
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"heap\">\n\
             <style>{STYLE}</style>\n\
             <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
             markerHeight=\"7\" orient=\"auto\"><path d=\"M0 .8 8 4 0 7.2Z\"/></marker></defs>\n\
             <rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n\
             <text class=\"note\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n{LEGEND}\
             <g transform=\"translate({MARGIN} {})\">",
            MARGIN + 4.0,
            Escaped(&self.picture.note),
            MARGIN + HEAD,
        )
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, svg: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.begin(svg)?;
        for ((way, label), arrow) in self.ways.iter().zip(&self.labels).zip(&self.picture.arrows) {
            let path = &way.path;
            if label.is_some() || arrow.label.is_empty() {
                writeln!(svg, "<path class=\"edge\" d=\"{path}\"/>")?;
            } else {
                let label = Escaped(&arrow.label);
                writeln!(svg, "<path class=\"edge\" d=\"{path}\"><title>{label}</title></path>")?;
            }
        }
        let places = self.layout.centers.iter().zip(&self.widths);
        for (drawn, (&center, &width)) in self.picture.boxes.iter().zip(places) {
            draw_box(svg, drawn, center, width)?;
        }
        for (arrow, label) in self.picture.arrows.iter().zip(&self.labels) {
            if let &Some((at, side)) = label {
                draw_label(svg, arrow, at, side)?;
            }
        }
        svg.write_str("</g>\n</svg>\n")
    }
}

const LEGEND: &str = "<g class=\"legend\" transform=\"translate(24 50)\">\
    <rect class=\"root\" width=\"14\" height=\"10\" y=\"-9\" rx=\"3\"/><text x=\"20\">held from outside</text>\
    <rect class=\"garbage\" width=\"14\" height=\"10\" x=\"148\" y=\"-9\" rx=\"3\"/><text x=\"168\">garbage</text>\
    <rect class=\"highlighted\" width=\"14\" height=\"10\" x=\"236\" y=\"-9\" rx=\"3\"/><text x=\"256\">asked for</text>\
    </g>\n";

/// Where things can be drawn: around the boxes there is a margin.
fn whole(layout: &Layout) -> Area {
    let width = (layout.width + MARGIN).max(LEAST_TOTAL_WIDTH - MARGIN);
    Area { left: -MARGIN, right: width, top: -MARGIN, bottom: layout.height + MARGIN }
}

/// A count of letters as a length.
#[expect(clippy::cast_precision_loss, reason = "text in a picture is short")]
fn length(letters: usize) -> f64 {
    letters as f64
}

fn width(drawn: &PictureBox) -> f64 {
    let title = length(drawn.title.chars().count().min(TITLE_LETTERS)) * TITLE_LETTER;
    let detail = length(drawn.detail.chars().count()) * DETAIL_LETTER;
    (title.max(detail) + 24.0).max(LEAST_WIDTH)
}

fn draw_box(
    svg: &mut fmt::Formatter<'_>,
    drawn: &PictureBox,
    center: Point,
    width: f64,
) -> fmt::Result {
    let class = match drawn.role {
        Role::Plain => "plain",
        Role::Root => "root",
        Role::Garbage => "garbage",
        Role::Highlighted => "highlighted",
    };
    let mut title: String = drawn.title.chars().take(TITLE_LETTERS).collect();
    if title.len() < drawn.title.len() {
        title.pop();
        title.push('…');
    }
    writeln!(
        svg,
        "<g transform=\"translate({:.1} {:.1})\"><title>{}</title>\
         <rect class=\"{class}\" width=\"{width:.1}\" height=\"{BOX_HEIGHT}\" rx=\"7\"/>\
         <text class=\"type\" x=\"{middle:.1}\" y=\"19\">{}</text>\
         <text class=\"detail\" x=\"{middle:.1}\" y=\"35\">{}</text></g>",
        center.x - width / 2.0,
        center.y - BOX_HEIGHT / 2.0,
        Escaped(&drawn.hint),
        Escaped(&title),
        Escaped(&drawn.detail),
        middle = width / 2.0,
    )
}

fn draw_label(svg: &mut fmt::Formatter<'_>, arrow: &Arrow, at: Point, side: Side) -> fmt::Result {
    let (x, y) = (at.x, at.y + 3.5);
    let (label, class) = (Escaped(&arrow.label), side.class());
    writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{label}</text>")
}

/// Text that cannot end the element it stands in.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            letter => f.write_char(letter),
        })
    }
}
