//! Where the labels of lines stand, so that none lies on another or on a box.
//!
//! A label can stand at several places along its line, and on either side of it. The labels
//! are placed one after the other, each at its first place that is free. One for which there is
//! none is not drawn; the line itself says it then, to whoever points at it.

use alloc::vec::Vec;

use crate::inspect::pictures::layout::Point;
use crate::inspect::pictures::lines::{Side, Way};

/// A rectangle of a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Area {
    fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_in(&self, other: &Area) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }
}

/// The height of a label.
const HEIGHT: f64 = 12.0;
/// A label keeps so far from its line, if it is beside it.
const GAP: f64 = 5.0;

/// The area of a label of this length.
fn area(at: Point, side: Side, length: f64) -> Area {
    let (left, right) = match side {
        Side::Left => (at.x - length, at.x),
        Side::Middle => (at.x - length / 2.0, at.x + length / 2.0),
        Side::Right => (at.x, at.x + length),
    };
    Area { left, right, top: at.y - HEIGHT / 2.0, bottom: at.y + HEIGHT / 2.0 }
}

/// The places of the labels of these lengths, in a picture of which `boxes` are taken. A label
/// of no length has none.
pub(crate) fn place(
    ways: &[Way],
    lengths: &[f64],
    boxes: Vec<Area>,
    picture: &Area,
) -> Vec<Option<(Point, Side)>> {
    let mut taken = boxes;
    let mut place_one = |way: &Way, length: f64| {
        if length == 0.0 {
            return None;
        }
        let is_free = |&(at, side): &(Point, Side)| {
            let area = area(at, side, length);
            area.is_in(picture) && !taken.iter().any(|other| other.overlaps(&area))
        };
        let found = places(way).find(is_free);
        taken.extend(found.map(|(at, side)| area(at, side, length)));
        found
    };
    ways.iter().zip(lengths).map(|(way, &length)| place_one(way, length)).collect()
}

/// Where the label of a line may stand, the best places first.
fn places(way: &Way) -> impl Iterator<Item = (Point, Side)> {
    let beside = |at: &Point, side| match side {
        Side::Left => (Point { x: at.x - GAP, ..*at }, side),
        Side::Middle => (*at, side),
        Side::Right => (Point { x: at.x + GAP, ..*at }, side),
    };
    let best = way.spots.iter().map(|&at| (at, way.side));
    let others = [Side::Right, Side::Left, Side::Middle];
    let others = others.into_iter().filter(|&side| side != way.side);
    best.chain(others.flat_map(move |side| way.spots.iter().map(move |at| beside(at, side))))
}
