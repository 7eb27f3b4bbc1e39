//! `ordered-float` 5: floats with a total order.

use ordered_float_5::{FloatIsNan, NotNan, OrderedFloat};

use crate::trace::contract::Acyclic;

wrappers! {
    {T} OrderedFloat<T> => |this| Some(&this.0),
}

leaves! { {T: Acyclic} NotNan<T>, FloatIsNan }
