//! The lines of a picture: from box to box, and where their labels stand.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::inspect::pictures::layout::Point;

/// The height of every box.
pub(crate) const BOX_HEIGHT: f64 = 46.0;

/// A line, and where its label may stand.
#[derive(Debug)]
pub(crate) struct Way {
    /// The line, as SVG has it.
    pub(crate) path: String,
    /// Places along the line, the best first.
    pub(crate) spots: Vec<Point>,
    /// On which side of its place the label stands, if there is room.
    pub(crate) side: Side,
}

/// On which side of its place a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Middle,
    Right,
}

impl Side {
    /// The class of the text.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Side::Left => "label left",
            Side::Middle => "label",
            Side::Right => "label right",
        }
    }
}

/// Draws lines from box to box.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    /// From box to box, each pair once.
    arrows: &'a [(usize, usize)],
    pairs: BTreeSet<(usize, usize)>,
    /// How many lines meet at each box.
    meeting: Vec<usize>,
}

/// How far two lines between the same boxes keep to the side.
const ASIDE: f64 = 7.0;

impl<'a> Lines<'a> {
    /// The lines of `arrows` between so many boxes.
    pub(crate) fn new(arrows: &'a [(usize, usize)], boxes: usize) -> Self {
        let mut meeting = alloc::vec![0; boxes];
        for &(from, to) in arrows {
            meeting[from] += 1;
            meeting[to] += 1;
        }
        Lines { arrows, pairs: arrows.iter().copied().collect(), meeting }
    }

    /// Whether another line leads back.
    fn has_partner(&self, (from, to): (usize, usize)) -> bool {
        self.pairs.contains(&(to, from))
    }

    /// Whether the label stands at the end of the line rather than at its
    /// start: it has more room where fewer lines meet.
    fn is_label_at_end(&self, (from, to): (usize, usize)) -> bool {
        self.meeting[to] < self.meeting[from]
    }

    /// The widths that the boxes need with the labels of these lengths that
    /// stand at them.
    pub(crate) fn widths_with_labels(&self, widths: &[f64], labels: &[f64]) -> Vec<f64> {
        let mut needed = widths.to_vec();
        for (&arrow, &label) in self.arrows.iter().zip(labels) {
            let at = if self.is_label_at_end(arrow) { arrow.1 } else { arrow.0 };
            // It may stand on either side of a line in the middle.
            let label = if self.has_partner(arrow) { 2.0 * (label + ASIDE) } else { label };
            needed[at] = needed[at].max(label);
        }
        needed
    }

    /// The line of arrow number `arrow` between boxes at `centers`, through
    /// `passes`.
    pub(crate) fn way(
        &self,
        arrow: usize,
        centers: &[Point],
        widths: &[f64],
        passes: &[Point],
    ) -> Way {
        let arrow @ (from, to) = self.arrows[arrow];
        let (upper, lower) = (centers[from], centers[to]);
        if from == to {
            return loop_at(upper, widths[from]);
        }
        let is_downward = upper.y < lower.y;
        // Of two lines between the same boxes, the one that leads up keeps to
        // the right.
        let side = match (self.has_partner(arrow), is_downward) {
            (false, _) => 0.0,
            (true, true) => -ASIDE,
            (true, false) => ASIDE,
        };
        let half = if is_downward { BOX_HEIGHT / 2.0 } else { -BOX_HEIGHT / 2.0 };
        let next = passes.first().copied().unwrap_or(lower);
        let start = leave(upper, widths[from], next, half, side);
        let next = passes.last().copied().unwrap_or(upper);
        let end = leave(lower, widths[to], next, -half, side);
        let mut points = alloc::vec![start];
        for pass in passes {
            // Straight through the layer, and bent between layers.
            let x = pass.x + side;
            points.push(Point { x, y: pass.y - half });
            points.push(Point { x, y: pass.y + half });
        }
        points.push(end);
        let mut way = curve(&points, self.is_label_at_end(arrow));
        for spot in &mut way.spots {
            spot.x += side * 0.6;
        }
        way.side = match side {
            ..0.0 => Side::Left,
            0.0 => Side::Middle,
            _ => Side::Right,
        };
        way
    }
}

/// Where a line leaves a box: towards `next`, at the upper or lower side.
fn leave(center: Point, width: f64, next: Point, half: f64, side: f64) -> Point {
    let room = (width / 2.0 - 14.0).max(0.0);
    let lean = ((next.x - center.x) * 0.35).clamp(-room, room);
    Point { x: center.x + lean + side, y: center.y + half }
}

/// A line through `points`, in pairs: bent between the two of a pair, straight
/// from one pair to the next. The label stands along the pair at one end, or along another.
fn curve(points: &[Point], is_label_at_end: bool) -> Way {
    let bends = points.chunks_exact(2).map(|pair| {
        let middle = f64::midpoint(pair[0].y, pair[1].y);
        format!(
            "L{0:.1} {1:.1}C{0:.1} {middle:.1} {2:.1} {middle:.1} {2:.1} {3:.1}",
            pair[0].x, pair[0].y, pair[1].x, pair[1].y
        )
    });
    let start = format!("M{:.1} {:.1}", points[0].x, points[0].y);
    let path = core::iter::once(start).chain(bends).collect();
    let mut pairs: Vec<&[Point]> = points.chunks_exact(2).collect();
    if is_label_at_end {
        pairs.reverse();
    }
    let spots = pairs.into_iter().flat_map(|pair| {
        LABELS_AT.map(|along| at_bend(pair, if is_label_at_end { 1.0 - along } else { along }))
    });
    Way { path, spots: spots.collect(), side: Side::Middle }
}

/// How far from a box the label of its line stands, from 0 to 1, the best first.
const LABELS_AT: [f64; 7] = [0.3, 0.45, 0.6, 0.2, 0.75, 0.12, 0.88];

/// The point so far along the bend from the one point of a pair to the other: a cubic curve
/// whose inner points are half way down.
fn at_bend(pair: &[Point], along: f64) -> Point {
    let smooth = along * along * (3.0 - 2.0 * along);
    let x = pair[0].x + (pair[1].x - pair[0].x) * smooth;
    let (rest, half) = (1.0 - along, f64::midpoint(pair[0].y, pair[1].y));
    let y = rest.powi(3) * pair[0].y + 3.0 * rest * along * half + along.powi(3) * pair[1].y;
    Point { x, y }
}

/// A line from a box to itself.
fn loop_at(center: Point, width: f64) -> Way {
    let (x, y) = (center.x + width / 2.0, center.y);
    let far = x + 34.0;
    let (upper, lower) = (y - 10.0, y + 10.0);
    let path = format!(
        "M{x:.1} {upper:.1}C{far:.1} {:.1} {far:.1} {:.1} {x:.1} {lower:.1}",
        y - 26.0,
        y + 26.0
    );
    let spots = [0.0, -14.0, 14.0, -28.0, 28.0].map(|lower| Point { x: x + 28.0, y: y + lower });
    Way { path, spots: spots.into(), side: Side::Right }
}
