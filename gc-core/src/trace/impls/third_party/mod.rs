//! `Trace` for types of other crates, each behind a feature that is named with
//! the major version of the crate.
//!
//! Two major versions of a crate can then be supported side by side, and only dropping
//! support for one breaks a program. The crates come without their default features, so
//! that switching `Trace` on switches on nothing else.
//!
//! Containers that share structure between clones (`im`, `imbl`, `rpds`,
//! `triomphe::Arc`) are missing on purpose: `shared` says why.

#[cfg(feature = "arrayvec_0_7")]
mod arrayvec;
#[cfg(feature = "bitvec_1")]
mod bitvec;
#[cfg(feature = "bytes_1")]
mod bytes;
#[cfg(feature = "chrono_0_4")]
mod chrono;
#[cfg(feature = "compact_str_0_10")]
mod compact_str;
#[cfg(feature = "dashmap_6")]
mod dashmap;
#[cfg(feature = "either_1")]
mod either;
#[cfg(feature = "enum-map_2")]
mod enum_map;
mod glam;
mod hashbrown;
#[cfg(feature = "indexmap_2")]
mod indexmap;
#[cfg(feature = "jiff_0_2")]
mod jiff;
#[cfg(feature = "lasso_0_7")]
mod lasso;
#[cfg(feature = "markup5ever_0_40")]
mod markup5ever;
#[cfg(feature = "isolates")]
mod movable;
#[cfg(feature = "ndarray_0_17")]
mod ndarray;
#[cfg(feature = "num-bigint_0_4")]
mod num_bigint;
#[cfg(feature = "ordered-float_5")]
mod ordered_float;
#[cfg(feature = "parking_lot_0_12")]
mod parking_lot;
#[cfg(feature = "petgraph_0_8")]
mod petgraph;
#[cfg(feature = "rust_decimal_1")]
mod rust_decimal;
#[cfg(feature = "semver_1")]
mod semver;
#[cfg(feature = "serde_json_1")]
mod serde_json;
#[cfg(feature = "slotmap_1")]
mod slotmap;
#[cfg(feature = "smallvec_1")]
mod smallvec;
#[cfg(feature = "smol_str_0_3")]
mod smol_str;
#[cfg(feature = "string_cache_0_11")]
mod string_cache;
#[cfg(feature = "tendril_0_5")]
mod tendril;
#[cfg(feature = "thin-vec_0_2")]
mod thin_vec;
#[cfg(feature = "time_0_3")]
mod time;
#[cfg(feature = "url_2")]
mod url;
#[cfg(feature = "uuid_1")]
mod uuid;
