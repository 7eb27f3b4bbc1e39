//! What the compiler says where a field is not `Trace` and its type has a name that the derive
//! knows: that of a closure, or of a container of another crate.
//!
//! The derive asks one function of this file about such a field, in code that never runs. The
//! function asks for a trait that stands for [`Trace`], and the compiler gives the message of
//! that trait. It does not give that of `Trace` for the same field as well, since the one
//! follows from the other.
//!
//! Nothing else depends on the answer: the edges are reported as those of any other field.

use crate::trace::contract::Trace;

/// The types of fields in which `dyn Fn` is written, but no `Gc`.
#[diagnostic::on_unimplemented(
    message = "the collector cannot see what the closure in `{Self}` captures",
    label = "a `Gc` that is captured here would not be traced",
    note = "write `Gc<dyn Fn(..)>` in its place, and make it with `Gc::new_closure`, which takes \
            the captures apart from the function; where no trait object is needed, there is \
            `Closure`",
    note = "if nothing that it captures leads to a `Gc`, write `dyn Fn(..) + Send`, or put \
            `#[trace(skip)]` on the field"
)]
pub trait CapturesAreSeen: Trace {}

#[diagnostic::do_not_recommend]
impl<T: Trace + ?Sized> CapturesAreSeen for T {}

/// Asks whether the captures of a closure in a field are seen.
pub fn closure<T: CapturesAreSeen + ?Sized>(_: &T) {}

/// Writes, for crates with containers, a trait that stands for `Trace` and the function that
/// asks for it. If the feature is on, the message is that of `Trace` for what lies in the
/// container.
macro_rules! containers {
    ($($function:ident $container:ident, any($($feature:literal),*): $label:literal;)*) => {$(
        /// The types of fields in which a container of a crate is written that has a feature.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` does not implement `Trace`, so the collector cannot see what it owns",
            label = $label,
            note = "write that feature in the entry of gcycle in your `Cargo.toml`; with \
                    `#[trace(skip)]` instead, cycles through the container would never be freed",
            note = "if it is a type of yours that only has the same name, add `#[derive(Trace)]` to it"
        )]
        pub trait $container: Trace {}

        #[cfg_attr(not(any($(feature = $feature),*)), diagnostic::do_not_recommend)]
        impl<T: Trace + ?Sized> $container for T {}

        /// Asks whether a field of such a type is traced.
        pub fn $function<T: $container + ?Sized>(_: &T) {}
    )*};
}

containers! {
    arrayvec ArrayvecIsTraced, any("arrayvec_0_7"):
        "if this is the type of the crate arrayvec, enable the feature `arrayvec_0_7` of gcycle";
    dashmap DashmapIsTraced, any("dashmap_6"):
        "if this is the type of the crate dashmap, enable the feature `dashmap_6` of gcycle";
    either EitherIsTraced, any("either_1"):
        "if this is the type of the crate either, enable the feature `either_1` of gcycle";
    enum_map EnumMapIsTraced, any("enum-map_2"):
        "if this is the type of the crate enum-map, enable the feature `enum-map_2` of gcycle";
    hashbrown HashbrownIsTraced, any("hashbrown_0_15", "hashbrown_0_16", "hashbrown_0_17"):
        "if this is the type of the crate hashbrown, enable the feature `hashbrown_0_15`, `hashbrown_0_16` or `hashbrown_0_17` of gcycle";
    indexmap IndexmapIsTraced, any("indexmap_2"):
        "if this is the type of the crate indexmap, enable the feature `indexmap_2` of gcycle";
    ndarray NdarrayIsTraced, any("ndarray_0_17"):
        "if this is the type of the crate ndarray, enable the feature `ndarray_0_17` of gcycle";
    parking_lot ParkingLotIsTraced, any("parking_lot_0_12"):
        "if this is the type of the crate parking_lot, enable the feature `parking_lot_0_12` of gcycle";
    petgraph PetgraphIsTraced, any("petgraph_0_8"):
        "if this is the type of the crate petgraph, enable the feature `petgraph_0_8` of gcycle";
    slotmap SlotmapIsTraced, any("slotmap_1"):
        "if this is the type of the crate slotmap, enable the feature `slotmap_1` of gcycle";
    smallvec SmallvecIsTraced, any("smallvec_1"):
        "if this is the type of the crate smallvec, enable the feature `smallvec_1` of gcycle";
    thin_vec ThinVecIsTraced, any("thin-vec_0_2"):
        "if this is the type of the crate thin-vec, enable the feature `thin-vec_0_2` of gcycle";
}
