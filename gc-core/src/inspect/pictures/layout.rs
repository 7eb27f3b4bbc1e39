//! Where the boxes of a picture stand and which way its arrows take.
//!
//! The boxes are put in layers, so that arrows lead down from one to the next;
//! those that would close a cycle lead up. An arrow that passes layers gets a
//! place to pass in each of them. Where things stand within their layers is
//! left to `rust-sugiyama`, which then has nothing but arrows from one layer to
//! the next before it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use rust_sugiyama::configure::{Config, RankingType};
use rust_sugiyama::from_vertices_and_edges;

use crate::inspect::graph::heap_graph::narrow;

/// A point of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Where everything stands.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The centers of the boxes.
    pub(crate) centers: Vec<Point>,
    /// The places that each arrow passes on the way, from its start on.
    pub(crate) ways: Vec<Vec<Point>>,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The least distance between boxes.
const SPACING: f64 = 56.0;
/// The width of a place to pass.
const PASS_WIDTH: f64 = 12.0;
/// Pictures are not wider than this where parts can stand below each other.
const WIDEST: f64 = 1600.0;
/// With more places to pass than this, arrows go straight.
const MOST_PASSES: usize = 2000;

/// Lays out boxes of these widths, all of height `height`, with arrows between
/// them.
pub(crate) fn lay_out(widths: &[f64], height: f64, arrows: &[(usize, usize)]) -> Layout {
    let order = order_without_cycles(widths.len(), arrows);
    let layers = layers(&order, arrows);
    let mut plan = Plan {
        vertices: (0..).zip(widths.iter().map(|&width| (width, height))).collect(),
        links: BTreeSet::new(),
        passes: Vec::new(),
    };
    let span = |&(from, to): &(usize, usize)| layers[from].abs_diff(layers[to]);
    let pass_count: usize = arrows.iter().map(|arrow| span(arrow).saturating_sub(1)).sum();
    for &(from, to) in arrows {
        let is_upward = layers[from] > layers[to];
        let (upper, lower) = if is_upward { (to, from) } else { (from, to) };
        let passes = if pass_count <= MOST_PASSES {
            layers[lower].saturating_sub(layers[upper] + 1)
        } else {
            0
        };
        plan.link(upper, lower, passes, height, is_upward);
    }
    plan.place(widths.len())
}

/// For each box its position in an order that most arrows follow: those that do
/// not would close a cycle.
fn order_without_cycles(count: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut targets = alloc::vec![Vec::new(); count];
    let mut is_target = alloc::vec![false; count];
    for &(from, to) in arrows.iter().filter(|(from, to)| from != to) {
        targets[from].push(to);
        is_target[to] = true;
    }
    // Depth first, from boxes that no arrow leads to if there are any; the
    // order is that in which boxes are left, from the last to the first.
    let mut order = alloc::vec![usize::MAX; count];
    let mut is_found = alloc::vec![false; count];
    let mut left = count;
    let starts = (0..count).filter(|&start| !is_target[start]).chain(0..count);
    for start in starts.collect::<Vec<_>>() {
        if core::mem::replace(&mut is_found[start], true) {
            continue;
        }
        let mut path = alloc::vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            if let Some(&target) = targets[*at].get(*next) {
                *next += 1;
                if !core::mem::replace(&mut is_found[target], true) {
                    path.push((target, 0));
                }
            } else {
                left -= 1;
                order[*at] = left;
                path.pop();
            }
        }
    }
    order
}

/// The layer of each box: below all boxes that lead to it in this order.
fn layers(order: &[usize], arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut downward: Vec<(usize, usize)> = arrows
        .iter()
        .filter(|(from, to)| from != to)
        .map(|&(from, to)| if order[from] < order[to] { (from, to) } else { (to, from) })
        .collect();
    downward.sort_by_key(|&(from, _)| order[from]);
    let mut layers = alloc::vec![0; order.len()];
    for (from, to) in downward {
        layers[to] = layers[to].max(layers[from] + 1);
    }
    layers
}

/// What the layout is made of.
struct Plan {
    vertices: Vec<(u32, (f64, f64))>,
    links: BTreeSet<(u32, u32)>,
    /// The places to pass of each arrow, in its direction.
    passes: Vec<Vec<u32>>,
}

impl Plan {
    fn link(&mut self, upper: usize, lower: usize, passes: usize, height: f64, is_upward: bool) {
        let mut way = Vec::new();
        let mut above = narrow(upper);
        for _ in 0..passes {
            let pass = narrow(self.vertices.len());
            self.vertices.push((pass, (PASS_WIDTH, height)));
            self.links.insert((above, pass));
            way.push(pass);
            above = pass;
        }
        if upper != lower {
            self.links.insert((above, narrow(lower)));
        }
        if is_upward {
            way.reverse();
        }
        self.passes.push(way);
    }

    fn place(self, boxes: usize) -> Layout {
        let config = Config {
            vertex_spacing: SPACING,
            dummy_vertices: false,
            ranking_type: RankingType::Up,
            transpose: false,
            ..Config::default()
        };
        let links: Vec<(u32, u32)> = self.links.into_iter().collect();
        let mut parts: Vec<_> = from_vertices_and_edges(&self.vertices, &links, &config)
            .into_iter()
            .map(|(positions, ..)| Part::new(positions, &self.vertices))
            .collect();
        // Larger parts first, in rows.
        parts.sort_by(|one, other| other.area().total_cmp(&one.area()));
        let mut points = alloc::vec![Point { x: 0.0, y: 0.0 }; self.vertices.len()];
        let (mut x, mut y, mut row_height, mut width) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        let widest = parts.iter().fold(WIDEST, |widest, part| widest.max(part.width));
        for part in parts {
            if x > 0.0 && x + part.width > widest {
                (x, y, row_height) = (0.0, y + row_height + SPACING, 0.0);
            }
            for (vertex, place) in part.places {
                points[vertex] = Point { x: place.x + x, y: place.y + y };
            }
            x += part.width + SPACING;
            row_height = row_height.max(part.height);
            width = width.max(x - SPACING);
        }
        let way = |passes: Vec<u32>| passes.into_iter().map(|pass| points[pass as usize]).collect();
        let ways = self.passes.into_iter().map(way).collect();
        Layout { centers: points[..boxes].to_vec(), ways, width, height: y + row_height }
    }
}

/// Boxes that arrows connect.
struct Part {
    /// From the upper left corner of the part.
    places: Vec<(usize, Point)>,
    width: f64,
    height: f64,
}

impl Part {
    fn new(positions: Vec<(usize, (f64, f64))>, vertices: &[(u32, (f64, f64))]) -> Part {
        let size = |vertex: usize| vertices[vertex].1;
        let (mut left, mut right) = (f64::MAX, f64::MIN);
        let (mut top, mut bottom) = (f64::MAX, f64::MIN);
        for &(vertex, (x, y)) in &positions {
            let (width, height) = size(vertex);
            (left, right) = (left.min(x - width / 2.0), right.max(x + width / 2.0));
            (top, bottom) = (top.min(y - height / 2.0), bottom.max(y + height / 2.0));
        }
        let place =
            |(vertex, (x, y)): (usize, (f64, f64))| (vertex, Point { x: x - left, y: y - top });
        let places = positions.into_iter().map(place).collect();
        Part { places, width: right - left, height: bottom - top }
    }

    fn area(&self) -> f64 {
        self.width * self.height
    }
}
