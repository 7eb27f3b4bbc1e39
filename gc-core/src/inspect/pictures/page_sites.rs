//! Where objects were made, as a page brings it along.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::panic::Location;
use std::collections::HashMap;

use serde_json_1 as json;

use crate::inspect::reports::by_site::SiteGrowthRow;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::inspect::snapshot::site::MadeAt;

/// The place of each object that is shown, the names of these places, and the types and places
/// of all objects with what was there before.
pub(crate) fn sites(
    snapshot: &HeapSnapshot,
    earlier: Option<&HeapSnapshot>,
    shown: &[ObjectInfo<'_>],
) -> Vec<(&'static str, json::Value)> {
    let mut names = alloc::vec![String::new()];
    let mut known = HashMap::from([(0, 0)]);
    let number_of = |object: &ObjectInfo<'_>| -> usize {
        *known.entry(object.site_number()).or_insert_with(|| {
            names.push(name(object.site()));
            names.len() - 1
        })
    };
    let column: json::Value = shown.iter().map(number_of).collect();
    let types = &snapshot.graph().types;
    // A type of which there is nothing left is in no list of the page.
    let place = |made_at: MadeAt| types.iter().position(|of| of.name == made_at.type_name);
    let grown = |row: &SiteGrowthRow| {
        let SiteGrowthRow { made_at, count_before, count_after, bytes_before, bytes_after } = row;
        let numbers = (count_after, bytes_after, count_before, bytes_before);
        let (type_index, site) = (place(*made_at)?, name(made_at.site));
        Some(json::json!([type_index, site, numbers.0, numbers.1, numbers.2, numbers.3]))
    };
    let census: json::Value = if let Some(earlier) = earlier {
        snapshot.growth_by_site(earlier).rows().iter().filter_map(grown).collect()
    } else {
        let census = snapshot.census_by_site();
        let rows = census.rows().iter().filter_map(|row| {
            let (type_index, site) = (place(row.key)?, name(row.key.site));
            Some(json::json!([type_index, site, row.count, row.bytes_in_all(), 0, 0]))
        });
        rows.collect()
    };
    alloc::vec![("site", column), ("sites", names.into()), ("siteCensus", census)]
}

fn name(site: Option<&Location<'_>>) -> String {
    site.map(ToString::to_string).unwrap_or_default()
}
