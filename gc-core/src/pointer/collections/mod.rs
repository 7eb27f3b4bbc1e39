//! Collections that do not keep their contents alive: the weak maps and the weak set.

pub(crate) mod weak_map;
pub(crate) mod weak_set;
pub(crate) mod weak_value_map;
