//! `enum-map` 2: an array with a value for each variant of an enum.

use enum_map_2::{EnumArray, EnumMap};

sequences! {
    {K: EnumArray<T>, T} EnumMap<K, T> => |this| this.as_slice(),
}
