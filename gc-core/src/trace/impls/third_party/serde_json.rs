//! `serde_json` 1: leaves. A JSON value is a tree of plain data.

use alloc::string::String;
use serde_json_1::{Error, Map, Number, Value};

use crate::trace::impls::contents::items;

leaves! { Error, Number }

leaves! {
    owners:
    {} Map<String, Value> => owns |this| weigh_map(this, DEPTH),
    {} Value => owns |this| weigh(this, DEPTH),
}

/// So many levels are looked at.
const DEPTH: u32 = 4;

/// So many values of a level stand for all of them.
const SAMPLE: usize = 16;

/// What a value owns, estimated.
fn weigh(value: &Value, depth: u32) -> usize {
    match value {
        Value::String(text) => text.capacity(),
        Value::Array(values) => {
            let inside = values.iter().take(SAMPLE).map(|value| weigh_inside(value, depth));
            items::<Value>(values.capacity()).saturating_add(extrapolate(inside, values.len()))
        }
        Value::Object(map) => weigh_map(map, depth),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// What a map owns, estimated.
fn weigh_map(map: &Map<String, Value>, depth: u32) -> usize {
    let entries = map.iter().take(SAMPLE);
    let inside = entries.map(|(key, value)| key.capacity() + weigh_inside(value, depth));
    items::<(String, Value)>(map.len()).saturating_add(extrapolate(inside, map.len()))
}

/// What a value owns that lies in another.
fn weigh_inside(value: &Value, depth: u32) -> usize {
    depth.checked_sub(1).map_or(0, |depth| weigh(value, depth))
}

/// The weight of `count` values, of which the first have these weights.
fn extrapolate(weights: impl ExactSizeIterator<Item = usize>, count: usize) -> usize {
    let looked_at = weights.len().max(1);
    let sum = weights.fold(0, usize::saturating_add);
    (sum / looked_at).saturating_mul(count)
}
